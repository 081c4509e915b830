// @ts-check
// The canvas: agents as cards and connections as lines, to be moved and connected.

import { fill, h, s } from "../lib/dom.js";
import { update } from "../lib/update.js";
import { modelName } from "../lib/words.js";
import { cut } from "../graph/graph.js";
import { followPointer } from "./pointer.js";
import { isConditional } from "./document.js";
import { CARD, edgeShape, extentOf, looseShape } from "./shape.js";

/** The canvas of an editor. */
export class EditorCanvas {
  #editor;
  #cards = new Map();
  #world;
  #lines;
  #camera = { x: 40, y: 40, scale: 1 };
  #loose = null;

  constructor(editor) {
    this.#editor = editor;
    this.#lines = s("svg", { class: "editor-lines", "aria-hidden": "true" });
    this.#world = h("div", { class: "editor-world" }, this.#lines);
    this.element = h("div", { class: "editor-canvas", role: "group", "aria-label": "Canvas" },
      this.#world, h("p", { class: "unseen", id: "card-help" }, CARD_HELP));
    followPointer(this, editor);
  }

  /** Draws the draft. Cards and their ports are reused, so the focus and the pointer stay on them. */
  draw() {
    const { nodes } = this.#editor.draft.now;
    for (const [id, card] of this.#cards) {
      if (!nodes.some((node) => node.id === id)) {
        card.remove();
        this.#cards.delete(id);
      }
    }
    for (const node of nodes) this.#drawCard(node);
    this.#drawLines();
  }

  /** Draws the line that is being dragged from an agent, or none. */
  pull(source, at) {
    this.#loose = source && looseShape(source, at);
    this.#drawLines();
  }

  focus(id) {
    this.#cards.get(id)?.focus();
  }

  /** The coordinates of a point of the window in the blueprint. */
  place(event) {
    const frame = this.element.getBoundingClientRect();
    const { x, y, scale } = this.#camera;
    return { x: (event.clientX - frame.left - x) / scale, y: (event.clientY - frame.top - y) / scale };
  }

  get scale() {
    return this.#camera.scale;
  }

  /** Moves the visible part. */
  pan(x, y) {
    this.#look({ ...this.#camera, x: this.#camera.x + x, y: this.#camera.y + y });
  }

  /** Zooms around a point of the window, by default its middle. */
  zoom(factor, event) {
    const frame = this.element.getBoundingClientRect();
    const [x, y] = event ? [event.clientX - frame.left, event.clientY - frame.top] : [frame.width / 2, frame.height / 2];
    const scale = Math.min(2, Math.max(SMALLEST, this.#camera.scale * factor));
    const ratio = scale / this.#camera.scale;
    this.#look({ scale, x: x - (x - this.#camera.x) * ratio, y: y - (y - this.#camera.y) * ratio });
  }

  /** Brings all agents into view. */
  fit() {
    const { nodes } = this.#editor.draft.now;
    const frame = this.element.getBoundingClientRect();
    if (!nodes.length || !frame.width) return;
    const { left, top, width, height } = extentOf(nodes);
    const [across, down] = [frame.width - 2 * MARGIN, frame.height - 2 * MARGIN - 24];
    const scale = Math.min(1.1, Math.max(SMALLEST, Math.min(across / width, down / height)));
    this.#look({ scale, x: (frame.width - width * scale) / 2 - left * scale, y: (frame.height - height * scale) / 2 - top * scale });
  }

  /** Scrolls one agent into view. */
  reveal({ position }) {
    const frame = this.element.getBoundingClientRect();
    const { x, y, scale } = this.#camera;
    const over = (start, size, room) => Math.max(0, MARGIN / 2 - start) || Math.min(0, room - MARGIN / 2 - start - size);
    const right = over(x + position.x * scale, CARD.width * scale, frame.width);
    const down = over(y + position.y * scale, CARD.height * scale, frame.height);
    if (right || down) this.pan(right, down);
  }

  #look(camera) {
    this.#camera = camera;
    this.#world.style.transform = `translate(${camera.x}px, ${camera.y}px) scale(${camera.scale})`;
    this.element.style.backgroundPosition = `${camera.x}px ${camera.y}px`;
    // Far away, only some of the dots are drawn.
    const step = 24 * camera.scale * 2 ** Math.max(0, Math.ceil(Math.log2(0.6 / camera.scale)));
    this.element.style.backgroundSize = `${step}px ${step}px`;
  }

  #drawCard(node) {
    const { draft, selected } = this.#editor;
    const notes = this.#editor.notes();
    let card = this.#cards.get(node.id);
    if (!card) {
      card = h("div", { class: "agent-card", role: "button", tabindex: 0, "data-agent": node.id, "aria-describedby": "card-help" });
      this.#cards.set(node.id, card);
      this.#world.append(card);
    }
    card.style.left = `${node.position.x}px`;
    card.style.top = `${node.position.y}px`;
    const facts = agentFacts(node, draft.now, notes);
    card.classList.toggle("critic", facts.isCritic);
    card.classList.toggle("unreached", !facts.isReached);
    card.classList.toggle("amiss", facts.grave);
    card.setAttribute("aria-pressed", String(selected?.agent === node.id));
    const drawing = JSON.stringify(facts);
    if (card.dataset.drawing === drawing) return;
    card.dataset.drawing = drawing;
    // The pointer may be on the port when the server's check arrives.
    update(card,
      h("span", { class: "agent-name", dir: "auto" }, node.label || "No name", unseen("model")),
      h("span", { class: "agent-model" }, modelName(node.model) || "none"),
      agentMarks(facts),
      h("span", { class: "port", "data-key": "port", title: "Drag from here to another agent to connect them" }));
  }

  #drawLines() {
    const { draft, selected } = this.#editor;
    const notes = this.#editor.notes();
    const { nodes, edges } = draft.now;
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const drawn = new Map();
    const amiss = new Set(notes.map((note) => note.at));
    const lines = edges.map((edge) => {
      const [source, target] = [byId.get(edge.source), byId.get(edge.target)];
      if (!source || !target) return null;
      const pair = `${edge.source} ${edge.target}`;
      const lane = drawn.get(pair) ?? 0;
      drawn.set(pair, lane + 1);
      const { path, label } = edgeShape(source, target, lane);
      const isSelected = selected?.edge === edge.id;
      const kinds = ["editor-edge", isConditional(edge) && "conditional", isSelected && "selected", amiss.has(edge) && "amiss"];
      return s("g", { class: kinds.filter(Boolean).join(" "), "data-edge": edge.id },
        s("path", { class: "reach", d: path }),
        s("path", { class: "line", d: path, "marker-end": `url(#${isSelected ? "tip-selected" : "tip"})` }),
        isConditional(edge) && s("text", { x: label.x, y: label.y + 4, "text-anchor": "middle" }, cut(edge.condition || "?", 18)));
    });
    fill(this.#lines, s("defs", {}, tip("tip"), tip("tip-selected")), lines, this.#loose && s("path", { class: "loose", d: this.#loose }));
  }
}

/** The content of the card of an agent. */
export function agentFacts(node, blueprint, notes) {
  const own = notes.filter((note) => note.at === node);
  const isCritic = node.role === "critic";
  const isReached = !own.some((note) => note.type === "unreachable");
  const grave = own.some((note) => note.grave);
  const marks = [
    blueprint.start === node.id && { kind: "entry", word: "Start" },
    isCritic && { kind: "critic", word: "Critic" },
    !isReached && { kind: "warn", word: "Unreachable" },
    grave ? { kind: "fault", word: "Error" } : isReached && own.length > 0 && { kind: "warn", word: "Warning" },
  ].filter(Boolean);
  return { label: node.label, model: node.model, isCritic, isReached, grave, marks };
}

/** The marks of an agent. */
export function agentMarks({ marks }) {
  return h("span", { class: "agent-marks" }, marks.map(({ kind, word }) => h("span", { class: `mark-${kind}` }, word)));
}

/** Text for screen readers only. */
export const unseen = (text) => h("span", { class: "unseen" }, text);

function tip(id) {
  return s("marker", { id, class: id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" },
    s("path", { d: "M0 0 8 4 0 8z" }));
}

/** The smallest scale: some hundred agents are in view. */
const SMALLEST = 0.02;

/** The margin around the agents. */
const MARGIN = 56;

const CARD_HELP = "Arrow keys move it, with Shift farther. Enter opens its form. Delete removes it.";
