// @ts-check
// The model of a run: its events folded, live or replayed, and its texts.

import { nodeName } from "../lib/words.js";
import { RunPath } from "../graph/run-path.js";
import { isSmall } from "../graph/shapes.js";

export class RunModel {
  status = "pending";
  topic = "";
  round = 0;
  /** The score of the run, as the server counts it. @type {number?} */
  score = null;
  /** The `run_paused` that the chair has not answered yet. @type {RunEvent?} */
  asked = null;
  /** The call that has failed and is made again, until something of the run is heard. @type {RunEvent?} */
  retry = null;
  /** What the run waits for, and until when if that is known. @type {RunEvent?} */
  waiting = null;
  /** The last event of a run that has ended. @type {RunEvent?} */
  ended = null;
  /** The agent whose failure has ended the run, and the number of its last attempt. @type {{node: string, attempt: number}?} */
  failed = null;
  /** When the first agent began, and when the run ended. @type {string?} */
  began = null;
  /** @type {string?} */
  finished = null;
  /** @type {Map<string, AgentTimes>} */
  agents = new Map();
  /** The texts of agents at work. @type {Map<string, Stream>} */
  streams = new Map();
  /** The texts, in order. @type {Piece[]} */
  pieces = [];
  /** Texts that were received as tokens and are not in the answer of the server yet. @type {Piece[]} */
  #seen = [];
  /** The round of each text, by the number of its event. */
  #rounds = new Map();

  /** @param {Graph} graph */
  constructor(graph) {
    /** The graph of the run. Its agents are copies, whose models the run may change. @type {Graph} */
    this.graph = { ...graph, nodes: graph.nodes.map((node) => ({ ...node })) };
    /** The score from which the first critic approves, or null without a critic. */
    this.threshold = graph.nodes.find((node) => node.threshold !== undefined)?.threshold ?? null;
    this.path = new RunPath(graph);
    this.byId = new Map(this.graph.nodes.map((node) => [node.id, node]));
    for (const { id } of this.agentNodes()) this.agents.set(id, { runs: 0, took: 0, since: null, attempt: 1 });
  }

  /** Whether nothing of the run is at work at this time. */
  isWaiting(now) {
    return this.waiting !== null && (this.waiting.until === null || Date.parse(this.waiting.until) > Date.parse(now));
  }

  agentNodes() {
    return this.graph.nodes.filter((node) => !isSmall(node));
  }

  name(id) {
    return nodeName(this.byId.get(id) ?? { id, label: id });
  }

  isCritic(id) {
    return this.byId.get(id)?.role === "critic";
  }

  /**
   * Applies an event, and returns the keys of the edges that were just taken.
   * @param {RunEvent} event
   */
  take(event) {
    const agent = this.agents.get(event.node);
    if (!["connected", "node_active", "run_waiting"].includes(event.event)) this.retry = this.waiting = null;
    switch (event.event) {
      case "token": {
        const stream = this.streams.get(event.node) ?? { text: "", isWithdrawn: false, round: this.round };
        stream.text += event.text;
        this.streams.set(event.node, stream);
        return [];
      }
      case "node_start":
        this.status = "running";
        this.asked = null;
        this.began ??= event.at;
        this.round = Math.max(this.round, event.iteration);
        this.streams.set(event.node, { text: "", isWithdrawn: false, round: event.iteration });
        if (agent) Object.assign(agent, { since: event.at, attempt: 1 });
        return this.path.start(event.node);
      case "tokens_withdrawn":
        this.#withdraw(event);
        return [];
      case "node_retry":
        this.#withdraw(event);
        this.retry = event;
        if (agent) agent.attempt = event.attempt;
        return [];
      case "run_waiting":
        this.waiting = event.for === null ? null : event;
        return [];
      case "models_changed":
        for (const { node, now } of event.changes) Object.assign(this.byId.get(node) ?? {}, { model: now });
        return [];
      case "run_stalled":
        this.status = "pending";
        this.#rest();
        return [];
      case "node_complete":
        this.#completed(event, agent);
        return this.path.finish(event.node, event.score);
      case "run_paused":
        this.status = "paused";
        this.asked = event;
        this.score = event.critic_score;
        this.#rest();
        return this.path.pause(event.next_nodes);
      case "run_resumed":
        this.status = "running";
        this.asked = null;
        // A run that had ended is tried again.
        this.ended = this.failed = null;
        this.finished = null;
        return this.path.resume();
      case "run_complete":
        this.#end(event, "completed");
        this.score = event.critic_score;
        return this.path.complete();
      case "run_failed":
        this.#end(event, "failed");
        this.failed = event.node === undefined ? null : { node: event.node, attempt: event.attempt };
        return this.path.stop(this.failed);
      case "run_cancelled":
        this.#end(event, "cancelled");
        return this.path.stop();
      default: return [];
    }
  }

  /** The text so far does not count: it is of a failed attempt, or it is reasoning. The whole text follows. */
  #withdraw(event) {
    const stream = this.streams.get(event.node);
    // After a lost connection the server repeats the event.
    const isWithdrawn = Boolean(stream?.text || stream?.isWithdrawn);
    this.streams.set(event.node, { text: "", isWithdrawn, round: event.iteration });
  }

  #completed(event, agent) {
    const stream = this.streams.get(event.node);
    // The round in which the agent started: of several parallel critics, the first may have begun the next round already.
    const round = stream?.round ?? event.iteration;
    this.#rounds.set(event.seq, round);
    if (agent) Object.assign(agent, { runs: agent.runs + 1, took: agent.took + event.duration_ms, since: null, attempt: 1 });
    // The received tokens are shown until the server sends the text.
    this.streams.delete(event.node);
    if (stream?.text && !this.pieces.some((piece) => piece.seq === event.seq)) {
      const { seq = 0, node, score = null } = event;
      const text = this.isCritic(node) ? { feedback: feedbackIn(stream.text) } : { draft: stream.text };
      const piece = { seq, node, round, score, ...text };
      this.#seen.push(piece);
      this.pieces = [...this.pieces, piece];
    }
  }

  #end(event, status) {
    this.status = status;
    this.ended = event;
    this.finished = event.at;
    this.asked = null;
    for (const agent of this.agents.values()) {
      if (agent.since !== null) agent.took += Math.max(0, Date.parse(event.at) - Date.parse(agent.since));
    }
    this.#rest();
  }

  /** The chair has answered, and the run has not continued yet. */
  answered() {
    this.asked = null;
    this.status = "pending";
    this.path.next.clear();
  }

  #rest() {
    this.streams.clear();
    for (const agent of this.agents.values()) agent.since = null;
  }

  /**
   * Applies the texts of the run from the server.
   * @param {Piece[]} pieces
   */
  written(pieces) {
    const last = Math.max(0, ...pieces.map((piece) => piece.seq ?? 0));
    this.#seen = this.#seen.filter((piece) => piece.seq > last);
    this.pieces = [...pieces, ...this.#seen];
    this.score = pieces.at(-1)?.critic_score ?? null;
  }

  /** The score that counts of each round that has one: `{round, score}`. */
  scores() {
    /** @type {Map<number, number>} */
    const scores = new Map();
    for (const { seq, round, score = null, critic_score: counts = null } of this.pieces) {
      if (score !== null && counts !== null) scores.set(this.#rounds.get(seq) ?? round, counts);
    }
    return [...scores].map(([round, score]) => ({ round, score }));
  }

  /** The versions of the text, oldest first. */
  versions() {
    /** @type {Version[]} */
    const versions = [];
    const add = (piece, text, isWriting, isWithdrawn = false) => {
      const isFirst = !versions.some((version) => version.round === piece.round);
      const by = piece.node === null ? "Chair" : this.name(piece.node);
      const label = isFirst ? `Draft ${piece.round}` : by;
      versions.push({ key: versions.length, label, by, node: piece.node, round: piece.round, text, score: null, verdicts: [], isWriting, isWithdrawn });
    };
    for (const piece of this.pieces) {
      const { node, draft = null, score = null, feedback = null } = piece;
      // The writer gave no text that can be used: the draft before is the document.
      const isKept = Boolean(this.ended?.document_fault) && draft === versions.at(-1)?.text;
      if (draft !== null && !isKept) add(piece, draft, false);
      const judged = score !== null || feedback ? versions.at(-1) : undefined;
      if (!judged) continue;
      judged.verdicts.push({ node, score, feedback: feedback ?? "" });
      judged.score = piece.critic_score ?? null;
    }
    for (const [node, stream] of this.streams) {
      if (!this.isCritic(node)) add({ node, round: Math.max(1, stream.round) }, stream.text, true, stream.isWithdrawn);
    }
    for (const [node, stream] of this.streams) {
      if (this.isCritic(node)) versions.at(-1)?.verdicts.push({ node, score: null, feedback: stream.text, isWriting: true });
    }
    const last = versions.at(-1);
    if (last && this.status === "completed") {
      last.label = "Final text";
      // The status of the server may be complete before the event arrives.
      last.text ||= this.ended?.final_draft ?? "";
    }
    return versions;
  }
}

/** The feedback in the answer of a critic, without the score and the verdict before it. */
function feedbackIn(text) {
  const label = /^[\s*_#>-]*feedback[\s*_]*:[\s*_]*/im.exec(text);
  return label ? text.slice(label.index + label[0].length) : text;
}
