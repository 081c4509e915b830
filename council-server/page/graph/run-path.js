// @ts-check
// The way of a run through its graph, found from its events: who is at work, which edges were taken and how often.

import { edgeKey } from "./graph.js";
import { isSmall } from "./shapes.js";

export class RunPath {
  active = new Set();
  /** Who comes next once the chair has answered. */
  next = new Set();
  visits = new Map();
  taken = new Map();
  isBegun = false;
  isComplete = false;
  /** Who has ended since somebody began: where the next edges leave. */
  #ended = [];
  #isBeginning = false;

  constructor(graph) {
    this.graph = graph;
    this.start = graph.nodes.find((node) => node.kind === "start")?.id;
    this.end = graph.nodes.find((node) => node.kind === "end")?.id;
    this.#ended = this.start === undefined ? [] : [{ node: this.start }];
  }

  /** Takes an event; gives the keys of the edges that the run has just taken. */
  take(event) {
    switch (event.event) {
      case "node_start": return this.#begin(event.node);
      case "node_complete": return this.#finish(event);
      case "run_paused": {
        this.active.clear();
        this.next = new Set(event.next_nodes);
        return [];
      }
      case "run_resumed":
        this.next.clear();
        return [];
      case "run_complete": {
        this.active.clear();
        this.isComplete = true;
        return this.end === undefined ? [] : this.#ended.flatMap((ended) => this.#walk(ended, this.end));
      }
      case "run_failed":
      case "run_cancelled":
        this.active.clear();
        this.next.clear();
        return [];
      default: return [];
    }
  }

  #begin(node) {
    this.isBegun = true;
    this.#isBeginning = true;
    this.next.clear();
    // After a restart of the server an agent begins again: it came here once.
    if (this.active.has(node)) return [];
    this.active.add(node);
    return this.#ended.flatMap((ended) => this.#walk(ended, node));
  }

  #finish({ node, score }) {
    if (this.#isBeginning) this.#ended = [];
    this.#isBeginning = false;
    this.#ended.push({ node, score });
    this.active.delete(node);
    this.visits.set(node, (this.visits.get(node) ?? 0) + 1);
    return [];
  }

  /** Counts the edges on the way between two agents, over what stands between them. */
  #walk({ node, score }, target) {
    const keys = this.#way(node, target, score).map((edge) => edgeKey(edge.source, edge.target));
    for (const key of keys) this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
    return keys;
  }

  /** Whether the edge is that of a limit, and its node has had its visits. */
  #isSpent({ kind, label, source }) {
    const limit = kind === "visit_limit" && /\d+/.exec(label ?? "");
    return limit && (this.visits.get(source) ?? 0) >= Number(limit[0]);
  }

  #way(source, target, score) {
    const leaving = (id) => this.graph.edges.filter((edge) => edge.source === id);
    const direct = leaving(source).filter((edge) => edge.target === target);
    if (direct.some((edge) => fits(edge, score))) return direct.slice(0, 1);
    for (const first of leaving(source)) {
      for (const second of leaving(first.target)) {
        const isBetween = isSmall(this.graph.nodes.find((node) => node.id === first.target) ?? {});
        if (second.target === target && (isBetween || this.#isSpent(second))) return [first, second];
      }
    }
    return direct.slice(0, 1);
  }
}

/** Whether a run with this score can have taken the edge, as far as its label says. */
function fits(edge, score) {
  const bound = /^score\s*(>=|<)\s*([\d.]+)$/.exec(edge.label ?? "");
  if (!bound || score === undefined) return true;
  return bound[1] === "<" ? score < Number(bound[2]) : score >= Number(bound[2]);
}
