// @ts-check
// The view of a run, live or replayed: head, graph, text and figures.

import { fill, h, hasCalmMotion, write } from "../lib/dom.js";
import { count, nodeName, scoreText, span, statusMark, when } from "../lib/words.js";
import { TextPane } from "../text/text-pane.js";
import { drawFitting, failure } from "../graph/graph.js";
import { isSmall } from "../graph/shapes.js";
import { CallTable } from "./calls.js";
import { RunNote } from "./note.js";
import { ScorePlot } from "./plot.js";

export class RunView {
  /** @type {ReturnType<typeof drawFitting>?} */
  #drawing = null;
  /** The mark of the status. @type {Element?} */
  #mark = null;
  /** The rows of the agents, once they are there. @type {{id: string, row: Element, state: Element, uses: Element, turns: Element, time: Element}[]?} */
  #rows = null;
  /** The models of the agents, as they are drawn. */
  #models = "";
  #followed = undefined;

  /**
   * @param {any} entry the run in the history
   * @param {Graph} graph
   * @param {{actions?: Node[], extra?: Node?, chair?: import("./chair.js").ChairPanel?, isReplay?: boolean}} [parts] `actions` go
   *   beside the head, `extra` below it
   */
  constructor(entry, graph, { actions = [], extra = null, chair = null, isReplay = false } = {}) {
    this.entry = entry;
    this.graph = graph;
    this.chair = chair;
    this.status = h("span", { class: "status-place" });
    this.note = new RunNote();
    this.frame = h("div", { class: "graph-frame", tabindex: "0", role: "region", "aria-label": "The graph" });
    this.text = new TextPane();
    this.plot = new ScorePlot();
    this.calls = new CallTable();
    this.rehearsal = h("div");
    this.figures = h("dl", { class: "figures" });
    this.agents = h("tbody");
    this.title = h("h1", { class: "topic", tabindex: "-1", dir: "auto" }, entry.input_topic);
    this.element = h("div", { class: "run" },
      h("header", { class: "run-head" },
        h("div", {}, h("p", { class: "over" }, this.status, isReplay && h("strong", {}, "Replay"), entry.execution_mode === "god-mode" ? "With a chair" : "On autopilot", madeBy(entry, graph), h("span", {}, "started ", when(entry.created_at))), this.title),
        h("div", { class: "actions" }, actions)),
      this.rehearsal, this.note.element, extra,
      h("section", { class: "card graph-card", "aria-label": "Graph of the run" }, this.frame),
      h("div", { class: "columns" },
        h("div", { class: "column" }, chair?.element, this.text.element),
        h("aside", { class: "column", "aria-label": "Figures" },
          h("section", { class: "card" }, this.figures),
          h("section", { class: "card" }, h("h2", {}, "Score by round"), this.plot.element),
          h("section", { class: "card agents-card", tabindex: "0", "aria-label": "Agents" }, h("h2", {}, "Agents"), h("table", { class: "agents" },
            h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Agent"), h("th", { scope: "col" }, "Turns"), h("th", { scope: "col" }, "Time"))), this.agents)))),
      this.calls.element);
  }

  /** Draws the graph, and draws it again when the width changes. */
  fitGraph(signal) {
    let width = 0;
    const observer = new ResizeObserver(() => {
      if (Math.abs(this.frame.clientWidth - width) < 4) return;
      width = this.frame.clientWidth;
      this.#draw(width);
    });
    observer.observe(this.frame);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  #draw(width) {
    const drawing = drawFitting(this.model?.graph ?? this.graph, width, width < 620 ? 620 : 380);
    fill(this.frame, drawing.element);
    if (this.model) drawing.showRun(this.model.path);
    this.#drawing = drawing;
  }

  /**
   * Shows a run at a time. Lights run along the `sparks`, which are keys of edges; `trouble` is the reason why it cannot continue.
   * @param {import("./model.js").RunModel} model
   * @param {{now: string, usage: any, calls?: Call[], sparks?: string[], queue?: number?, trouble?: string?}} state
   */
  show(model, { now, usage, calls = [], sparks = [], queue = null, trouble = null }) {
    this.model = model;
    const isWaiting = model.isWaiting(now);
    const status = queue === null && !trouble && !isWaiting ? model.status : "pending";
    const mark = statusMark({ status, approved: model.ended?.approved, error: model.ended?.error });
    if (this.#mark?.isEqualNode(mark) !== true) fill(this.status, mark);
    this.#mark = mark;
    this.#showModels(model);
    this.#drawing?.showRun(model.path);
    this.frame.classList.toggle("waits", isWaiting);
    this.#follow(model);
    if (sparks.length) this.#drawing?.spark(sparks);
    this.note.show(model, { now, queue, trouble });
    this.chair?.show(model);
    this.text.show(model, isWaiting);
    this.plot.show(model);
    this.#showFigures(model, now, usage);
    this.#showAgents(model, now);
    this.calls.show(model, calls);
    write(this.title, model.topic);
  }

  /** Shows the models of the agents, which a retry may have changed, and a replay may have before them. */
  #showModels(model) {
    const models = JSON.stringify(model.agentNodes().map((node) => node.model));
    if (models === this.#models) return;
    this.#models = models;
    const note = rehearsalNote(model.graph);
    this.rehearsal.hidden = !note;
    fill(this.rehearsal, note);
    if (this.#drawing) this.#draw(this.frame.clientWidth);
  }

  /** Scrolls the running agent into view if the graph is larger than its frame. */
  #follow(model) {
    const { frame } = this;
    const id = [...model.path.active, ...model.path.next][0];
    if (id === this.#followed || frame.scrollWidth <= frame.clientWidth + 2) return;
    this.#followed = id;
    const node = frame.querySelector(".node.active, .node.next");
    if (!node) return;
    const [inner, outer] = [node.getBoundingClientRect(), frame.getBoundingClientRect()];
    frame.scrollBy({ left: inner.left + inner.width / 2 - outer.left - outer.width / 2, behavior: hasCalmMotion() ? "auto" : "smooth" });
  }

  #showFigures(model, now, usage) {
    const took = model.began === null ? null : Date.parse(model.finished ?? now) - Date.parse(model.began);
    const tokens = usage?.output_tokens ? `${count(usage.input_tokens)} in, ${count(usage.output_tokens)} out` : "–";
    const figures = [["Round", model.round || "–"], ["Score", scoreText(model.score)], ["Time", took === null ? "–" : span(Math.max(0, took))], ["Tokens", tokens]];
    if (!this.figures.firstChild) fill(this.figures, figures.map(([name]) => h("div", {}, h("dt", {}, name), h("dd", {}))));
    const values = this.figures.querySelectorAll("dd");
    figures.forEach(([, value], index) => write(values[index], value));
  }

  #showAgents(model, now) {
    const nodes = model.agentNodes();
    const rows = (this.#rows ??= nodes.map((node) => {
      const [state, uses, turns, time] = [h("span", { class: "state" }), h("small"), h("td", {}), h("td", {})];
      const row = h("tr", {}, h("th", { scope: "row" }, model.name(node.id), state, node.model && uses), turns, time);
      this.agents.append(row);
      return { id: node.id, row, state, uses, turns, time };
    }));
    const isWaiting = model.isWaiting(now);
    for (const { id, row, state, uses, turns, time } of rows) {
      const { since = null, runs = 0, took = 0, attempt = 1 } = model.agents.get(id) ?? {};
      const failed = model.failed?.node === id ? model.failed : null;
      row.classList.toggle("active", since !== null);
      row.classList.toggle("failed", failed !== null);
      write(uses, model.byId.get(id)?.model ?? "");
      const atWork = isWaiting ? "waiting" : attempt > 1 ? `attempt ${attempt}` : "running";
      const word = failed ? failure(failed.attempt) : since !== null ? atWork : model.path.next.has(id) ? "next" : "";
      write(state, word && ` ${word}`);
      write(turns, runs || "–");
      const running = since === null ? 0 : Math.max(0, Date.parse(now) - Date.parse(since));
      write(time, runs || took + running ? span(took + running) : "–");
    }
  }
}

/** A link to the blueprint of a run, if it has one. */
function madeBy({ blueprint_id: id }, graph) {
  return id && h("a", { href: `#/blueprint/${encodeURIComponent(id)}`, dir: "auto" }, graph.name);
}

/** A note that names the agents without a language model, if there are any. */
export function rehearsalNote(graph) {
  const agents = graph.nodes.filter((node) => !isSmall(node));
  const rehearsed = agents.filter((node) => node.model === "rehearsal");
  if (!rehearsed.length) return null;
  const who = rehearsed.length === agents.length ? "The agents follow" : `${rehearsed.map(nodeName).join(", ")} ${rehearsed.length === 1 ? "follows" : "follow"}`;
  return h("p", { class: "note rehearsal" }, h("strong", {}, "Rehearsal: no language model. "), `${who} fixed rules that show how a council works. Choose a model for the agents, or start the server with one.`);
}
