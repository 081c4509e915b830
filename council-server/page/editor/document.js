// @ts-check
// A blueprint that somebody works on, with the way back and forth.

import { freeId, isCriticAgent } from "./rules.js";
import { arrange } from "./shape.js";

/** A blueprint and its former and later versions. A version is never changed: an edit makes a new one. */
export class BlueprintDraft {
  #past = [];
  #future = [];
  #saved;
  #lastKey = null;
  #listeners = new Set();

  /** A draft of this blueprint, as it was saved, or a new one. */
  constructor(blueprint, { isNew }) {
    this.now = tidied(blueprint);
    this.#saved = isNew ? null : this.now;
    /** The id under which the server has it, if it has. */
    this.id = isNew ? null : blueprint.id;
    /** The id that a new one brings along, if it does. */
    this.wantedId = isNew ? (blueprint.id ?? null) : null;
    /** When the server last saved it, as far as this page knows. */
    this.updatedAt = blueprint.updatedAt ?? null;
  }

  get isChanged() {
    return this.now !== this.#saved;
  }

  /** Whether work would be lost. What nobody has touched yet can be had again. */
  get holdsWork() {
    return this.isChanged && this.canUndo;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Calls `listener` after every change. */
  follow(listener) {
    this.#listeners.add(listener);
  }

  /** Makes a new version by changing a copy. Edits in a row that share a `key` are one step back: typing, dragging. */
  edit(change, key = null) {
    const next = structuredClone(this.now);
    change(next);
    if (JSON.stringify(next) === JSON.stringify(this.now)) return;
    if (key === null || key !== this.#lastKey) this.#past.push(this.now);
    if (this.#past.length > MOST_STEPS) this.#past.shift();
    this.#lastKey = key;
    this.#future = [];
    this.#become(next);
  }

  /** The next edit is a step of its own, whatever its key. */
  seal() {
    this.#lastKey = null;
  }

  undo() {
    if (this.canUndo) this.#move(this.#past, this.#future);
  }

  redo() {
    if (this.canRedo) this.#move(this.#future, this.#past);
  }

  /** The server has this version now, and has answered with this. */
  saved(version, { id, updatedAt }) {
    this.id = id;
    this.updatedAt = updatedAt ?? null;
    this.#saved = version;
    this.seal();
    this.#tell();
  }

  /** From now on it is a new one. */
  forgetId() {
    this.id = null;
    this.wantedId = null;
    this.updatedAt = null;
    this.#saved = null;
    this.#tell();
  }

  /** Nothing of it needs to be kept. */
  abandon() {
    this.#saved = this.now;
  }

  #move(from, to) {
    to.push(this.now);
    this.seal();
    this.#become(from.pop());
  }

  #become(next) {
    this.now = next;
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/** Only what a blueprint consists of, with nothing missing. Agents that lie upon each other were given no place: all are arranged. */
export function tidied({ name = "", nodes = [], edges = [] }) {
  const blueprint = {
    name: String(name),
    nodes: nodes.map((node) => ({
      ...node,
      label: String(node.label ?? node.id),
      systemPrompt: String(node.systemPrompt ?? ""),
      model: String(node.model ?? ""),
      position: { x: Number(node.position?.x) || 0, y: Number(node.position?.y) || 0 },
    })),
    edges: edges.map((edge, index) => ({ ...edge, id: String(edge.id ?? `edge-${index + 1}`), type: edge.type ?? "linear" })),
  };
  const places = new Set(blueprint.nodes.map(({ position: { x, y } }) => `${x} ${y}`));
  if (places.size < blueprint.nodes.length) arrange(blueprint);
  return blueprint;
}

/** Adds an agent and gives its id. */
export function addAgent(blueprint, agent) {
  const id = freeId(agent.label, new Set(blueprint.nodes.map((node) => node.id)));
  blueprint.nodes.push({ ...agent, id });
  return id;
}

/** Takes an agent away, and what leads to and from it. */
export function removeAgent(blueprint, id) {
  blueprint.nodes = blueprint.nodes.filter((node) => node.id !== id);
  blueprint.edges = blueprint.edges.filter((edge) => edge.source !== id && edge.target !== id);
}

/** Connects two agents and gives the edge's id. What leads from a critic depends on what it decides, unless that is said. */
export function connectAgents(blueprint, source, target, kind = {}) {
  const id = freeId("edge", new Set(blueprint.edges.map((edge) => edge.id)));
  const edge = { id, source, target, type: "linear", ...(kind.type ? kind : usualKind(blueprint, source)) };
  blueprint.edges.push(edge);
  return id;
}

function usualKind(blueprint, source) {
  if (!isCriticAgent(blueprint.nodes.find((node) => node.id === source))) return {};
  const taken = blueprint.edges.filter((edge) => edge.source === source).map((edge) => edge.condition);
  const condition = ["rework", "approve"].find((word) => !taken.includes(word));
  return condition ? { type: "conditional", condition } : {};
}

/** The agent with this id, or undefined. */
export const agentIn = (blueprint, id) => blueprint.nodes.find((node) => node.id === id);

const MOST_STEPS = 200;
