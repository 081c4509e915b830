// @ts-check
// A blueprint that is being edited, with undo and redo.

import { arrange, freePlace } from "./shape.js";

/** A blueprint and its earlier and later versions. A version is never changed: an edit makes a new one. */
export class BlueprintDraft {
  /** @type {Blueprint[]} */
  #past = [];
  /** @type {Blueprint[]} */
  #future = [];
  #saved;
  /** @type {string?} */
  #lastKey = null;
  #listeners = new Set();

  /** A draft of this blueprint, as it was saved, or a new one. */
  constructor(blueprint, { isNew }) {
    this.now = tidied(blueprint);
    /** What the server guessed when it read the blueprint, until it is saved. @type {MigrationReport?} */
    this.migrated = blueprint.migrated ?? null;
    this.#saved = isNew ? null : this.now;
    /** The id of the saved blueprint, or null. */
    this.id = isNew ? null : blueprint.id;
    /** The id for the first save of a new blueprint, or null. */
    this.wantedId = isNew ? (blueprint.id ?? null) : null;
    /** The time of the last save that this page knows. */
    this.updatedAt = blueprint.updatedAt ?? null;
  }

  get isChanged() {
    return this.now !== this.#saved || this.migrated !== null;
  }

  /** Whether work would be lost: a draft that nobody has edited can be opened again. */
  get holdsWork() {
    return this.isChanged && this.canUndo;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** The body of a request with the current version. */
  request() {
    const id = this.id ?? this.wantedId;
    return { version: 2, ...(id && { id }), ...this.now };
  }

  /** Calls `listener` after every change. */
  follow(listener) {
    this.#listeners.add(listener);
  }

  /**
   * Makes a new version by changing a copy. Edits in a row with the same `key` are one step of undo: typing, dragging.
   * @param {(blueprint: Blueprint) => void} change
   * @param {string?} [key]
   */
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

  /** Makes the next edit a step of its own, with any key. */
  seal() {
    this.#lastKey = null;
  }

  undo() {
    if (this.canUndo) this.#move(this.#past, this.#future);
  }

  redo() {
    if (this.canRedo) this.#move(this.#future, this.#past);
  }

  /** Notes that the server has saved a version, with its answer. */
  saved(version, { id, updatedAt }) {
    this.id = id;
    this.updatedAt = updatedAt ?? null;
    this.migrated = null;
    this.#saved = version;
    this.seal();
    this.#tell();
  }

  /** Makes it a new blueprint, which is not saved yet. */
  forgetId() {
    this.id = null;
    this.wantedId = null;
    this.updatedAt = null;
    this.#saved = null;
    this.#tell();
  }

  /** Marks the draft as one that need not be kept. */
  abandon() {
    this.migrated = null;
    this.#saved = this.now;
  }

  #move(from, to) {
    to.push(this.now);
    this.seal();
    this.#become(/** @type {Blueprint} */ (from.pop()));
  }

  #become(next) {
    this.now = next;
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/**
 * The parts of a blueprint that are edited. If agents overlap, they have no positions yet, and all are arranged.
 * @returns {Blueprint}
 */
export function tidied({ name = "", start = undefined, maxCalls = undefined, nodes = [], edges = [] }) {
  const blueprint = { name, start, ...(maxCalls != null && { maxCalls }), nodes: structuredClone(nodes), edges: structuredClone(edges) };
  const places = new Set(blueprint.nodes.map(({ position: { x, y } }) => `${x} ${y}`));
  if (places.size < blueprint.nodes.length) arrange(blueprint);
  return blueprint;
}

/**
 * Adds an agent and returns its id. The first agent is the start.
 * @param {Blueprint} blueprint
 * @param {Omit<BlueprintAgent, "id">} agent
 */
export function addAgent(blueprint, agent) {
  const id = freeId(agent.label, new Set(blueprint.nodes.map((node) => node.id)));
  blueprint.nodes.push({ ...agent, id });
  blueprint.start ??= id;
  return id;
}

/**
 * Adds a copy of an agent and returns its id. The copy has the connections of the original, so it runs beside it; the copy of an agent
 * to which nothing leads comes after the original.
 * @param {Blueprint} blueprint
 * @param {string} id
 */
export function duplicateAgent(blueprint, id) {
  const original = agentIn(blueprint, id);
  const copy = addAgent(blueprint, { ...structuredClone(original), label: `${original.label} copy`, position: freePlace(blueprint, original, "below") });
  const edges = blueprint.edges.filter(({ source, target }) => source !== target);
  for (const { source, target, type, condition } of edges) {
    if (target === id) connectAgents(blueprint, source, copy, { type, condition });
    if (source === id) connectAgents(blueprint, copy, target, { type, condition });
  }
  if (!edges.some(({ target }) => target === id)) connectAgents(blueprint, id, copy);
  return copy;
}

/**
 * Removes an agent and its connections. If it was the start, the first remaining agent becomes the start.
 * @param {Blueprint} blueprint
 * @param {string} id
 */
export function removeAgent(blueprint, id) {
  blueprint.nodes = blueprint.nodes.filter((node) => node.id !== id);
  blueprint.edges = blueprint.edges.filter((edge) => edge.source !== id && edge.target !== id);
  if (blueprint.start === id) blueprint.start = blueprint.nodes[0]?.id;
}

/**
 * Connects two agents and returns the edge's id. Without a `kind`, an edge from a critic depends on its decision.
 * @param {Blueprint} blueprint
 * @param {string} source
 * @param {string} target
 * @param {Partial<BlueprintEdge>} [kind]
 */
export function connectAgents(blueprint, source, target, kind = {}) {
  const id = freeId("edge", new Set(blueprint.edges.map((edge) => edge.id)));
  const { type = "linear", condition } = kind.type ? kind : usualKind(blueprint, source);
  blueprint.edges.push({ id, source, target, type, condition });
  return id;
}

/**
 * The kind of an edge that leads on from an agent: a critic goes on when it approves.
 * @param {Blueprint} blueprint
 * @param {BlueprintAgent} agent
 * @returns {Partial<BlueprintEdge>}
 */
export function wayOn({ edges }, { id, role }) {
  const isTaken = edges.some(({ source, condition }) => source === id && condition === "approve");
  return role === "critic" && !isTaken ? { type: "conditional", condition: "approve" } : {};
}

/**
 * @param {Blueprint} blueprint
 * @param {string} source
 * @returns {Partial<BlueprintEdge>}
 */
function usualKind(blueprint, source) {
  if (agentIn(blueprint, source)?.role !== "critic") return {};
  const taken = blueprint.edges.filter((edge) => edge.source === source).map((edge) => edge.condition);
  const condition = ["rework", "approve"].find((word) => !taken.includes(word));
  return condition ? { type: "conditional", condition } : {};
}

/**
 * The agent with this id.
 * @param {Blueprint} blueprint
 * @param {string} id
 */
export const agentIn = (blueprint, id) => /** @type {BlueprintAgent} */ (blueprint.nodes.find((node) => node.id === id));

/**
 * The edge with this id.
 * @param {Blueprint} blueprint
 * @param {string} id
 */
export const edgeIn = (blueprint, id) => /** @type {BlueprintEdge} */ (blueprint.edges.find((edge) => edge.id === id));

/** Whether an edge depends on a decision. */
export const isConditional = (edge) => edge.type === "conditional";

/** An id that `taken` does not hold, made of a name. */
export function freeId(name, taken) {
  const words = name.normalize("NFKD").toLowerCase().match(/[a-z0-9]+/g) ?? ["agent"];
  const base = words.join("-").slice(0, 40);
  let id = base;
  for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
  return id;
}

const MOST_STEPS = 200;
