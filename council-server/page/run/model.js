// @ts-check
// A run as the page knows it: the fold of its events, and of what was written. The same whether it happens now or is replayed.

import { agentName } from "../lib/words.js";
import { RunPath } from "../graph/run-path.js";
import { isSmall } from "../graph/shapes.js";

export class RunModel {
  status = "pending";
  topic = "";
  round = 0;
  score = null;
  /** What the chair is asked, while it is. */
  asked = null;
  /** The last event, once there is one. */
  ended = null;
  /** When the first agent began, and when the run ended. */
  began = null;
  finished = null;
  /** By agent: how often it ended, how long it took in all, and since when it is at work. */
  agents = new Map();
  /** What agents at work have written so far: `{text, isWhole}`; not whole where the beginning was missed. */
  streams = new Map();
  /** What was written, in order: `{seq, round, node, draft, score, feedback}`. */
  pieces = [];
  #kept = [];
  /** The round of each piece, by the number of the event that told of it. */
  #rounds = new Map();

  constructor(graph) {
    this.graph = graph;
    this.path = new RunPath(graph);
    this.byId = new Map(graph.nodes.map((node) => [node.id, node]));
    for (const { id } of this.agentNodes()) this.agents.set(id, { runs: 0, took: 0, since: null });
  }

  agentNodes() {
    return this.graph.nodes.filter((node) => !isSmall(node));
  }

  name(id) {
    const node = this.byId.get(id);
    return !node || node.label === id ? agentName(id) : node.label;
  }

  isCritic(id) {
    return this.byId.get(id)?.role === "critic";
  }

  /** Agents that are played by no language model. */
  rehearsed() {
    return this.agentNodes().filter((node) => node.model === "rehearsal");
  }

  /** Takes an event; gives the edges that were just taken. */
  take(event) {
    const agent = this.agents.get(event.node);
    switch (event.event) {
      case "token": {
        const stream = this.streams.get(event.node) ?? { text: "", isWhole: false, round: this.round };
        stream.text += event.text;
        this.streams.set(event.node, stream);
        return [];
      }
      case "node_start":
        this.status = "running";
        this.asked = null;
        this.began ??= event.at;
        this.round = Math.max(this.round, event.iteration);
        this.streams.set(event.node, { text: "", isWhole: true, round: event.iteration });
        if (agent) agent.since = event.at;
        break;
      case "node_complete":
        this.#completed(event, agent);
        break;
      case "run_paused":
        this.status = "paused";
        this.asked = event;
        this.#rest();
        break;
      case "run_resumed":
        this.status = "running";
        this.asked = null;
        break;
      case "run_complete": return this.#end(event, "completed");
      case "run_failed": return this.#end(event, "failed");
      case "run_cancelled": return this.#end(event, "cancelled");
    }
    return this.path.take(event);
  }

  #completed(event, agent) {
    const stream = this.streams.get(event.node);
    // The round in which it began: where several critics judge at once, the first may have opened the next round already.
    const round = stream?.round ?? event.iteration;
    this.score = event.score ?? this.score;
    this.#rounds.set(event.seq, round);
    if (agent) Object.assign(agent, { runs: agent.runs + 1, took: agent.took + event.duration_ms, since: null });
    // Until the server tells what was written, what was seen stands in its place.
    this.streams.delete(event.node);
    if (stream?.isWhole && stream.text && !this.pieces.some((piece) => piece.seq === event.seq)) {
      const { seq, node } = event;
      const isCritic = this.isCritic(node);
      this.#kept.push({ seq, node, round, draft: isCritic ? null : stream.text, score: event.score ?? null, feedback: isCritic ? feedbackIn(stream.text) : null });
      this.pieces = [...this.pieces, this.#kept.at(-1)];
    }
  }

  #end(event, status) {
    this.status = status;
    this.ended = event;
    this.finished = event.at;
    this.asked = null;
    if (status === "completed") this.score = event.critic_score;
    this.#rest();
    return this.path.take(event);
  }

  /** The question is answered, and the run has not gone on yet. */
  answered() {
    this.asked = null;
    this.status = "pending";
    this.path.next.clear();
  }

  #rest() {
    this.streams.clear();
    for (const agent of this.agents.values()) agent.since = null;
  }

  /** Takes what the server says was written. */
  written(pieces) {
    const last = Math.max(0, ...pieces.map((piece) => piece.seq ?? 0));
    this.#kept = this.#kept.filter((piece) => piece.seq > last);
    this.pieces = [...pieces, ...this.#kept];
  }

  /** What critics have scored, and the chair in their place: `{round, score, node}`. */
  scores() {
    const judged = this.pieces.filter((piece) => (piece.score ?? null) !== null);
    return judged.map(({ seq, round, score, node }) => ({ round: this.#rounds.get(seq) ?? round, score, node }));
  }

  /** The versions of the text, oldest first: `{key, label, node, text, verdicts: [{node, score, feedback}], isWriting}`. */
  versions() {
    const versions = [];
    const add = (piece, text, isWriting) => {
      const isFirst = !versions.some((version) => version.round === piece.round);
      const by = piece.node === null ? "Chair" : this.name(piece.node);
      const label = isFirst ? `Draft ${piece.round}` : by;
      versions.push({ key: versions.length, label, by, node: piece.node, round: piece.round, text, verdicts: [], isWriting });
    };
    for (const piece of this.pieces) {
      if (piece.draft !== null && piece.draft !== undefined) add(piece, piece.draft, false);
      const hasVerdict = (piece.score ?? null) !== null || piece.feedback;
      if (hasVerdict) versions.at(-1)?.verdicts.push({ node: piece.node, score: piece.score ?? null, feedback: piece.feedback ?? "" });
    }
    for (const [node, stream] of this.streams) {
      if (!this.isCritic(node)) add({ node, round: Math.max(1, stream.round) }, stream.isWhole ? stream.text : `… ${stream.text}`, true);
    }
    for (const [node, stream] of this.streams) {
      if (this.isCritic(node)) versions.at(-1)?.verdicts.push({ node, score: null, feedback: stream.text, isWriting: true });
    }
    const last = versions.at(-1);
    if (last && this.status === "completed") {
      last.label = "Final text";
      // The server may have said that it is complete before the event comes that tells it.
      last.text ||= this.ended?.final_draft ?? "";
    }
    return versions;
  }
}

/** What a critic says, without its first lines that say the same as its score. */
function feedbackIn(text) {
  const label = /^[\s*_#>-]*feedback[\s*_]*:[\s*_]*/im.exec(text);
  return label ? text.slice(label.index + label[0].length) : text;
}
