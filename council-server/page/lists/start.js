// @ts-check
// The start of a run: its topic, its council, its mode. `#/start/<blueprint>` selects a blueprint, and `#/start/<blueprint>/chair` the chair;
// the built-in council has an empty name.

import { call } from "../lib/api.js";
import { fill, h, icon, write } from "../lib/dom.js";
import { go } from "../lib/router.js";
import { unstarted } from "../lib/unstarted.js";
import { update } from "../lib/update.js";
import { count, plural, withCode } from "../lib/words.js";
import { drawFitting } from "../graph/graph.js";
import { rehearsalNote } from "../run/run-view.js";
import { runList } from "./history.js";
import { mayRun } from "./may-run.js";

const TOPIC_LIMIT = 10_000;

export async function startView([chosen = "", mode = ""], signal) {
  const [graph, blueprints, runs] = await Promise.all(["/api/councils/graph", "/api/councils/", "/api/runs/?limit=5"].map((path) => call(path, { signal })));
  return { title: "New run", body: new StartView({ graph, blueprints, runs, chosen, mode, signal }).element };
}

class StartView {
  constructor({ graph, blueprints, runs, chosen, mode, signal }) {
    this.signal = signal;
    this.blueprints = blueprints;
    this.builtIn = graph;
    this.topic = h("textarea", { id: "topic", name: "input_topic", rows: 5, dir: "auto", required: true, "aria-labelledby": "start-title", "aria-describedby": "topic-fault topic-count", ".value": unstarted.get(), oninput: () => this.#typed(), onkeydown: (event) => this.#key(event) });
    this.fault = h("p", { class: "fault", id: "topic-fault", role: "alert", hidden: true });
    this.length = h("p", { class: "hint", id: "topic-count" });
    this.council = h("select", { id: "council", onchange: () => this.#preview() },
      h("option", { value: "" }, "Built-in: master, critic, writer"),
      blueprints.map((blueprint) => h("option", { value: blueprint.id }, `${blueprint.name} (${plural(blueprint.nodes.length, "agent")})`)));
    if ([...this.council.options].some((option) => option.value === chosen)) this.council.value = chosen;
    this.button = h("button", { class: "main big" }, icon("play"), "Start the run");
    this.rehearsal = h("div");
    this.frame = h("div", { class: "graph-frame" });
    this.form = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#start(); } },
      h("div", { class: "field" }, this.topic, h("div", { class: "below" }, this.fault, this.length)),
      h("div", { class: "field" }, h("label", { for: "council" }, "Council"), this.council),
      h("fieldset", { class: "field" }, h("legend", {}, "Mode"), h("div", { class: "choices" },
        choice("mode", "auto", "Autopilot", "The agents work until the critic approves. You watch.", "play", mode !== "chair"),
        choice("mode", "chair", "You are in the chair", "Before each agent you can edit the draft and the score, and decide what happens next.", "chair", mode === "chair"))),
      h("div", { class: "actions" }, this.button, h("span", { class: "hint" }, "or Ctrl + Enter")));
    this.element = h("div", { class: "start" },
      h("h1", { id: "start-title" }, "What should the council write about?"),
      h("div", { class: "columns even" },
        h("section", { class: "column", "aria-label": "New run" }, this.form),
        h("aside", { class: "column", "aria-label": "Preview" }, h("section", { class: "card preview" }, this.frame), this.rehearsal)),
      runs.length > 0 && h("section", { class: "recent", "aria-labelledby": "recent" },
        h("header", {}, h("h2", { id: "recent" }, "Latest runs"), h("a", { href: "#/runs" }, "All runs")), runList(runs)));
    this.#count();
    this.#preview();
  }

  #typed() {
    unstarted.set(this.topic.value);
    this.#count();
  }

  #count() {
    const length = [...this.topic.value].length;
    write(this.length, length > TOPIC_LIMIT * 0.8 ? `${count(length)} of ${count(TOPIC_LIMIT)} characters` : "");
    if (length) this.#complain("");
  }

  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
  }

  async #preview() {
    const id = this.council.value;
    try {
      const graph = id ? await call(`/api/councils/${encodeURIComponent(id)}/graph`, { signal: this.signal }) : this.builtIn;
      if (this.council.value !== id) return;
      fill(this.frame, drawFitting(graph, (this.frame.clientWidth || 480), 430).element);
      fill(this.rehearsal, rehearsalNote(graph));
    } catch (error) {
      if (error.name !== "AbortError") fill(this.frame, h("p", { class: "soft" }, error.message));
    }
    if (!this.frame.clientWidth) requestAnimationFrame(() => this.#preview());
  }

  async #start() {
    const topic = this.topic.value;
    if (!topic.trim()) return this.#complain("Enter a topic.");
    const id = this.council.value;
    const blueprint = this.blueprints.find((one) => one.id === id);
    this.button.disabled = true;
    if (blueprint && !(await mayRun(blueprint))) {
      this.button.disabled = false;
      return this.button.focus();
    }
    const isChair = new FormData(this.form).get("mode") === "chair";
    try {
      const path = id ? `/api/councils/${encodeURIComponent(id)}/run` : "/api/councils/run";
      const { run_id: run } = await call(path, { method: "POST", body: { input_topic: topic, god_mode: isChair }, once: true });
      unstarted.clear();
      go(`/run/${run}`);
    } catch (error) {
      this.#complain(error.at?.("input_topic") ?? error.message);
    } finally {
      this.button.disabled = false;
    }
  }

  #complain(text) {
    this.fault.hidden = !text;
    update(this.fault, withCode(text));
    if (!text) return this.topic.removeAttribute("aria-invalid");
    this.topic.setAttribute("aria-invalid", "true");
    this.topic.focus();
  }
}

function choice(name, value, title, text, drawing, isChosen) {
  const id = `${name}-${value}`;
  return h("label", { class: "choice", for: id }, h("input", { type: "radio", id, name, value, ".checked": isChosen, ".defaultChecked": isChosen }), h("span", { class: "choice-icon" }, icon(drawing)), h("span", {}, h("strong", {}, title), h("span", { class: "hint" }, text)));
}
