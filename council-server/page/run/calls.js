// @ts-check
// The table of the calls of models, with what each took, how it ended, and why its text is not used.

import { h, write } from "../lib/dom.js";
import { update } from "../lib/update.js";
import { count, plural, span, withCode } from "../lib/words.js";

export class CallTable {
  /** The calls in the rows. @type {Call[]?} */
  #shown = null;

  constructor() {
    this.title = h("summary");
    this.rows = h("tbody");
    const heads = ["Agent", "Model", "Tokens in", "Tokens out", "Time", "Attempt", "End"].map((name) => h("th", { scope: "col" }, name));
    const table = h("table", { class: "calls" }, h("caption", { class: "unseen" }, "Calls of models, oldest first"), h("thead", {}, h("tr", {}, heads)), this.rows);
    this.element = h("section", { class: "card", hidden: true, "aria-label": "Calls of models" },
      h("details", {}, this.title, h("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Table of the calls" }, table)));
  }

  /**
   * @param {import("./model.js").RunModel} model
   * @param {Call[]} calls
   */
  show(model, calls) {
    this.element.hidden = calls.length === 0;
    if (calls === this.#shown) return;
    this.#shown = calls;
    const failed = calls.filter((call) => call.fault).length;
    const unusual = calls.filter((call) => !call.fault && (CUTS[call.kind] || call.attempt > 1 || call.reason !== "first")).length;
    const counts = [plural(calls.length, "call"), failed && `${failed} failed`, unusual && `${unusual} repeated, continued or cut`];
    write(this.title, counts.filter(Boolean).join(", "));
    update(this.rows, calls.map((call) => row(model, call)));
  }
}

/**
 * @param {import("./model.js").RunModel} model
 * @param {Call} call
 */
function row(model, { node, model: name, reason, kind, stop_reason: word, usage, duration_ms: took, attempt, feedback_left_out: left = 0, fault }) {
  const why = [REASONS[reason] ?? reason, left && `without the oldest ${plural(left, "feedback")}`].filter(Boolean).join(", ");
  return h("tr", {},
    h("th", { scope: "row" }, model.name(node), why && h("small", {}, why)),
    h("td", {}, name),
    h("td", {}, tokens(usage.input_tokens)), h("td", {}, tokens(usage.output_tokens)), h("td", {}, span(took)),
    h("td", { class: attempt > 1 ? "unusual" : null }, attempt),
    h("td", { title: word },
      h("span", { class: fault || CUTS[kind] ? "unusual" : null }, end(kind, word, fault)),
      fault && h("small", {}, withCode(fault))));
}

/** How an answer ended, in a word or two. */
function end(kind, word, fault) {
  if (CUTS[kind]) return CUTS[kind];
  if (fault) return "failed";
  return kind === "completed" ? "complete" : word || "–";
}

/** A number of tokens; providers that count none report 0. */
const tokens = (number) => (number ? count(number) : "–");

/** Why a model was called, if it was not the first call of its agent's turn. */
const REASONS = { first: "", continuation: "continues the previous answer", more_room: "repeated: the previous answer had no text", clarification: "repeated: the previous verdict was unclear" };

/** How an answer ended that is not complete. */
const CUTS = { length: "cut at its limit", content_filter: "withheld", refusal: "refused", tool_call: "tool call", error: "broken off" };
