// @ts-check
// The path of a run through its graph: the running agents, and how often each edge was taken.

import { edgeKey } from "./graph.js";
import { isSmall } from "./shapes.js";

/** Counts visits and edges. Each method is an event of the run, and returns the keys of the edges that were just taken. */
export class RunPath {
  active = new Set();
  /** The agents that start after the answer of the chair. */
  next = new Set();
  visits = new Map();
  taken = new Map();
  /** The agent whose failure has ended the run, and the number of its last attempt. @type {{node: string, attempt: number}?} */
  failed = null;
  isBegun = false;
  isComplete = false;
  /** The agents that were running when the run ended. A retry starts them again. */
  #interrupted = new Set();
  /** Agents that ended since the last one began: the next edges leave them. @type {{node: string, score?: number}[]} */
  #ended = [];
  #isBeginning = false;

  /** @param {Graph} graph */
  constructor(graph) {
    this.graph = graph;
    this.end = graph.nodes.find((node) => node.kind === "end")?.id;
    this.#ended = graph.nodes.filter((node) => node.kind === "start").map(({ id }) => ({ node: id }));
  }

  /** An agent starts. */
  start(node) {
    this.isBegun = true;
    this.#isBeginning = true;
    this.next.clear();
    // After a restart of the server or a retry of the run an agent starts again, on the same visit.
    const isAgain = this.active.has(node) || this.#interrupted.delete(node);
    this.active.add(node);
    if (isAgain) return [];
    return this.#ended.flatMap((ended) => this.#walk(ended, node));
  }

  /** An agent ends; a critic with a score. */
  finish(node, score) {
    if (this.#isBeginning) this.#ended = [];
    this.#isBeginning = false;
    this.#ended.push({ node, score });
    this.active.delete(node);
    this.visits.set(node, (this.visits.get(node) ?? 0) + 1);
    return [];
  }

  /** The run is paused before these agents. */
  pause(next) {
    this.active.clear();
    this.next = new Set(next);
    return [];
  }

  /** The chair has answered. */
  resume() {
    this.next.clear();
    this.failed = null;
    return [];
  }

  /** The run is complete. */
  complete() {
    this.active.clear();
    this.isComplete = true;
    const { end } = this;
    return end === undefined ? [] : this.#ended.flatMap((ended) => this.#walk(ended, end));
  }

  /**
   * The run has failed, or was cancelled.
   * @param {{node: string, attempt: number}?} [failed] the agent whose failure has ended the run
   */
  stop(failed = null) {
    this.failed = failed;
    this.#interrupted = new Set(this.active);
    this.active.clear();
    this.next.clear();
    return [];
  }

  /**
   * Counts the edges between two agents, and those over a join or a valve between them.
   * @param {{node: string, score?: number}} ended
   */
  #walk({ node, score }, target) {
    const keys = this.#edgesBetween(node, target, score).map((edge) => edgeKey(edge.source, edge.target));
    for (const key of keys) this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
    return keys;
  }

  #edgesBetween(source, target, score) {
    const leaving = (id) => this.graph.edges.filter((edge) => edge.source === id);
    const direct = leaving(source).filter((edge) => edge.target === target);
    const decision = this.#decision(source, score);
    if (direct.some(({ conditions }) => !conditions || !decision || conditions.includes(decision))) return direct.slice(0, 1);
    for (const first of leaving(source)) {
      for (const second of leaving(first.target)) {
        const between = this.graph.nodes.find((node) => node.id === first.target);
        const isPassed = (between && isSmall(between)) || this.#isSpent(second);
        if (second.target === target && isPassed) return [first, second];
      }
    }
    return direct.slice(0, 1);
  }

  /** The decision for a score, or null if there is none. */
  #decision(critic, score) {
    const threshold = this.graph.nodes.find((node) => node.id === critic)?.threshold;
    if (threshold === undefined || score === undefined) return null;
    return score >= threshold ? "approve" : "rework";
  }

  /**
   * Whether the edge belongs to a visit limit that is reached.
   * @param {GraphEdge} edge
   */
  #isSpent({ visit_limit: limit, source }) {
    return limit !== undefined && (this.visits.get(source) ?? 0) >= limit;
  }
}
