// @ts-check
// A past run, told again at its own pace or faster, through the same view.

import { call } from "../lib/api.js";
import { fill, h, icon, write } from "../lib/dom.js";
import { firstLine, isOver, span } from "../lib/words.js";
import { RunModel } from "./model.js";
import { RunView } from "./run-view.js";

const SPEEDS = [1, 4, 16];

export async function openReplay({ path, entry, result, graph, signal }) {
  const [events, pieces] = await Promise.all([call(`/api/runs/${path}/events`, { signal }), call(`/api/runs/${path}/rounds`, { signal })]);
  const tape = new Tape(graph, entry.input_topic, events, pieces);
  const player = new Player(tape.length);
  const live = h("a", { class: "button plain", href: `#/run/${path}` }, icon("back"), "Back to the run");
  const shown = new RunView(entry, graph, { actions: [live], extra: player.element, isReplay: true });
  shown.fitGraph(signal);
  let before = null;
  player.moved = (at) => {
    const { model, now } = tape.at(at);
    const isNext = before !== null && model.path.taken !== undefined && at > before.at && at - before.at < 4_000;
    const sparks = isNext ? newlyTaken(before.model.path.taken, model.path.taken) : [];
    shown.show(model, { now, usage: isOver(model.status) ? result.usage : null, sparks });
    before = { at, model };
  };
  player.steps = tape.steps;
  player.begin(signal);
  return { title: `Replay: ${firstLine(entry.input_topic, 40)}`, body: shown.element };
}

function newlyTaken(before, after) {
  return [...after].filter(([key, times]) => times > (before.get(key) ?? 0)).map(([key]) => key);
}

/** The events of a run on a line of time, in milliseconds from the first. */
class Tape {
  constructor(graph, topic, events, pieces) {
    Object.assign(this, { graph, topic, events, pieces });
    this.zero = events.length ? Date.parse(events[0].at) : 0;
    this.length = events.length ? Date.parse(events.at(-1).at) - this.zero : 0;
    /** Where something begins: the places to skip to. */
    this.steps = [...new Set(events.filter((event) => /^(node_start|run_)/.test(event.event)).map((event) => Date.parse(event.at) - this.zero))];
  }

  /** The run as it stood then. What agents wrote in the meantime is let grow evenly: the pace of single words is not kept. */
  at(milliseconds) {
    const time = this.zero + milliseconds;
    const model = new RunModel(this.graph);
    model.topic = this.topic;
    for (const event of this.events) {
      if (Date.parse(event.at) > time) break;
      model.take(event);
    }
    model.pieces = this.pieces.filter((piece) => Date.parse(piece.at) <= time);
    for (const [node, stream] of model.streams) {
      const since = Date.parse(model.agents.get(node)?.since ?? 0);
      const end = this.events.find((event) => event.event === "node_complete" && event.node === node && Date.parse(event.at) > time);
      const piece = end && this.pieces.find((one) => one.seq === end.seq);
      const text = piece?.draft ?? piece?.feedback ?? "";
      const share = end ? (time - since) / Math.max(1, Date.parse(end.at) - since) : 0;
      stream.text = text.slice(0, Math.floor(text.length * Math.min(1, share)));
    }
    return { model, now: new Date(time).toISOString() };
  }
}

/** The controls of a replay. */
class Player {
  #at = 0;
  #isPlaying = false;
  #speed = 1;
  moved = () => {};
  steps = [];

  constructor(length) {
    this.length = length;
    this.toggle = h("button", { class: "main round", type: "button", onclick: () => (this.#isPlaying ? this.#stop() : this.#play()) });
    this.place = h("input", { type: "range", min: 0, max: Math.max(1, length), step: 10, "aria-label": "Place in the run", oninput: () => this.#move(Number(this.place.value)) });
    this.time = h("output", { class: "soft small" });
    const speeds = h("fieldset", { class: "segments" }, h("legend", { class: "unseen" }, "Speed"),
      SPEEDS.map((speed) => h("label", {}, h("input", { type: "radio", name: "speed", value: speed, ".checked": speed === 1, onchange: () => { this.#speed = speed; } }), h("span", {}, `${speed}×`))));
    this.element = h("section", { class: "card player", "aria-label": "Replay" }, this.toggle,
      h("button", { class: "quiet round", type: "button", "aria-label": "To the next step", title: "To the next step", onclick: () => this.#skip() }, icon("skip")),
      this.place, this.time, speeds);
  }

  begin(signal) {
    let last = null;
    const tick = (time) => {
      if (signal.aborted) return;
      if (this.#isPlaying && last !== null) this.#move(this.#at + (time - last) * this.#speed);
      if (this.#at >= this.length) this.#stop();
      last = time;
      requestAnimationFrame(tick);
    };
    this.#play();
    this.#move(0);
    requestAnimationFrame(tick);
  }

  #play() {
    if (this.#at >= this.length) this.#at = 0;
    this.#isPlaying = this.length > 0;
    this.#label();
  }

  #stop() {
    if (!this.#isPlaying) return;
    this.#isPlaying = false;
    this.#label();
  }

  #label() {
    const words = this.#isPlaying ? "Pause" : "Play";
    this.toggle.setAttribute("aria-label", words);
    this.toggle.title = words;
    fill(this.toggle, icon(this.#isPlaying ? "pause" : "play"));
  }

  #skip() {
    this.#move(this.steps.find((step) => step > this.#at + 1) ?? this.length);
  }

  #move(at) {
    this.#at = Math.min(this.length, Math.max(0, at));
    this.place.value = this.#at;
    const words = `${span(this.#at)} of ${span(this.length)}`;
    this.place.setAttribute("aria-valuetext", words);
    write(this.time, words);
    this.moved(this.#at);
  }
}
