// @ts-check
// The replay of a run, at its own pace or faster, in the view of a live one: `#/run/<id>/replay`.

import { call } from "../lib/api.js";
import { fill, h, icon, write } from "../lib/dom.js";
import { isControlPressed } from "../lib/press.js";
import { firstLine, isOver, span } from "../lib/words.js";
import { RunModel } from "./model.js";
import { RunView } from "./run-view.js";

const SPEEDS = [1, 4, 16];

export async function openReplay({ path, entry, result, graph, events, signal }) {
  const pieces = await call(`/api/runs/${path}/rounds`, { signal });
  const tape = new Tape(graph, entry.input_topic, events, pieces);
  const player = new Player(tape.length);
  const live = h("a", { class: "button plain", href: `#/run/${path}` }, icon("back"), "Back to the run");
  const shown = new RunView(entry, tape.graph, { actions: [live], extra: player.element, isReplay: true });
  shown.fitGraph(signal);
  player.moved = (at) => {
    const { model, now, sparks } = tape.moveTo(at);
    const { usage, calls } = isOver(model.status) ? result : { usage: null, calls: [] };
    shown.show(model, { now, usage, calls, sparks });
  };
  player.steps = tape.steps;
  player.begin(signal);
  return { title: `Replay: ${firstLine(entry.input_topic, 40)}`, body: shown.element };
}

/** The events of a run by time, in milliseconds from the first. */
class Tape {
  #at = 0;
  #next = 0;
  #model;

  /**
   * @param {Graph} graph
   * @param {string} topic
   * @param {RunEvent[]} events
   * @param {Piece[]} pieces
   */
  constructor(graph, topic, events, pieces) {
    this.graph = asBegun(graph, events);
    this.topic = topic;
    this.zero = events.length ? Date.parse(events[0].at) : 0;
    const timed = events.map((event) => ({ at: Date.parse(event.at) - this.zero, event }));
    this.length = timed.at(-1)?.at ?? 0;
    /** The times to skip to, at which an agent starts or the run pauses or ends. */
    this.steps = [...new Set(timed.filter(({ event }) => /^(node_start|run_)/.test(event.event)).map(({ at }) => at))];
    this.timed = [...timed, ...tokens(timed, pieces)].sort((one, other) => one.at - other.at);
    this.pieces = pieces.map((piece) => ({ at: Date.parse(piece.at ?? "") - this.zero, piece }));
    this.#model = this.#fresh();
  }

  /** The run at a time, and the edges that were taken since the last call if that was a short time before. */
  moveTo(at) {
    const isShort = at > this.#at && at - this.#at < 4_000;
    if (at < this.#at) [this.#next, this.#model] = [0, this.#fresh()];
    this.#at = at;
    const sparks = [];
    for (; this.timed[this.#next]?.at <= at; this.#next += 1) sparks.push(...this.#model.take(this.timed[this.#next].event));
    this.#model.written(this.pieces.filter((one) => one.at <= at).map(({ piece }) => piece));
    return { model: this.#model, now: new Date(this.zero + at).toISOString(), sparks: isShort ? sparks : [] };
  }

  #fresh() {
    const model = new RunModel(this.graph);
    model.topic = this.topic;
    return model;
  }
}

/**
 * The graph with the models that the agents had when the run began.
 * @param {Graph} graph
 * @param {RunEvent[]} events
 */
function asBegun(graph, events) {
  const changes = events.flatMap((event) => (event.event === "models_changed" ? event.changes : []));
  const nodes = graph.nodes.map((node) => {
    const first = changes.find((change) => change.node === node.id);
    return first ? { ...node, model: first.before } : node;
  });
  return { ...graph, nodes };
}

/** The tokens of the texts. The server does not store them, so each text grows evenly while its agent runs. */
function tokens(timed, pieces) {
  const begun = new Map();
  return timed.flatMap(({ at: end, event }) => {
    const { event: kind, node, seq } = event;
    if (kind === "node_start") begun.set(node, end);
    const piece = kind === "node_complete" && pieces.find((one) => one.seq === seq);
    const text = (piece && (piece.draft ?? piece.feedback)) || "";
    const start = begun.get(node) ?? end;
    const size = Math.ceil(text.length / MOST_TOKENS);
    return Array.from({ length: size && Math.ceil(text.length / size) }, (_, index) => ({
      at: start + ((end - start) * index * size) / text.length,
      event: { event: "token", at: event.at, node, text: text.slice(index * size, (index + 1) * size) },
    }));
  });
}

/** The most tokens that a text is cut into. */
const MOST_TOKENS = 300;

/** The controls of a replay. */
class Player {
  #at = 0;
  #isPlaying = false;
  #speed = 1;
  /** @type {(at: number) => void} */
  moved = () => {};
  /** @type {number[]} */
  steps = [];

  constructor(length) {
    this.length = length;
    this.toggle = h("button", { class: "main round", type: "button", onclick: () => (this.#isPlaying ? this.#stop() : this.#play()) });
    this.place = h("input", { type: "range", min: 0, max: Math.max(1, length), step: 10, "aria-label": "Time in the run", oninput: () => this.#move(Number(this.place.value)) });
    this.time = h("output", { class: "soft small" });
    const speeds = h("fieldset", { class: "segments" }, h("legend", { class: "unseen" }, "Speed"),
      SPEEDS.map((speed) => h("label", {}, h("input", { type: "radio", name: "speed", value: speed, ".checked": speed === 1, onchange: () => { this.#speed = speed; } }), h("span", {}, `${speed}×`))));
    this.element = h("section", { class: "card player", "aria-label": "Replay" }, this.toggle,
      h("button", { class: "quiet round", type: "button", "aria-label": "Next step", title: "Next step", onclick: () => this.#skip() }, icon("skip")),
      this.place, this.time, speeds);
  }

  begin(signal) {
    let last = null;
    const tick = (time) => {
      if (signal.aborted) return;
      if (isControlPressed()) return wait(time);
      if (this.#isPlaying && last !== null) this.#move(this.#at + (time - last) * this.#speed);
      if (this.#at >= this.length) this.#stop();
      wait(time);
    };
    const wait = (time) => {
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
    this.place.value = String(this.#at);
    const words = `${span(this.#at)} of ${span(this.length)}`;
    this.place.setAttribute("aria-valuetext", words);
    write(this.time, words);
    this.moved(this.#at);
  }
}
