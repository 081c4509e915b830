// @ts-check
// The table of the calls of models, with what each took and how it ended.

import { h, write } from "../lib/dom.js";
import { update } from "../lib/update.js";
import { count, plural, span } from "../lib/words.js";

export class CallTable {
  /** The number of rows. */
  #shown = 0;

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
    if (calls.length === this.#shown) return;
    this.#shown = calls.length;
    const unusual = calls.filter((call) => CUTS[call.kind] || call.attempt > 1 || call.reason !== "first").length;
    write(this.title, `${plural(calls.length, "call")} with a result${unusual ? `, ${unusual} of them repeated, continued or cut` : ""}`);
    update(this.rows, calls.map((call) => row(model, call)));
  }
}

function row(model, { node, model: name, reason, kind, stop_reason: word, usage, duration_ms: took, attempt, feedback_left_out: left = 0 }) {
  const why = [REASONS[reason] ?? reason, left && `without the oldest ${plural(left, "feedback")}`].filter(Boolean).join(", ");
  return h("tr", {},
    h("th", { scope: "row" }, model.name(node), why && h("small", {}, why)),
    h("td", {}, name),
    h("td", {}, tokens(usage.input_tokens)), h("td", {}, tokens(usage.output_tokens)), h("td", {}, span(took)),
    h("td", { class: attempt > 1 ? "unusual" : null }, attempt),
    h("td", { class: CUTS[kind] ? "unusual" : null, title: word }, CUTS[kind] ?? (kind === "completed" ? "complete" : word || "–")));
}

/** A number of tokens; providers that count none report 0. */
const tokens = (number) => (number ? count(number) : "–");

/** Why a model was called, if it was not the first call of its agent's turn. */
const REASONS = { first: "", continuation: "continues the answer before", more_room: "again, because the answer before had no text", clarification: "again, because the verdict before was not clear" };

/** How an answer ended that is not complete. */
const CUTS = { length: "cut at its limit", content_filter: "withheld", refusal: "refused", tool_call: "tool call", error: "broken off" };
