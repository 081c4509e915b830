// @ts-check
// The changes that a person has typed in the chair and has not sent. The tab keeps them, so neither a reload nor the answer of somebody
// else loses them.

import { h } from "../lib/dom.js";
import { isStopped } from "../lib/words.js";

/** The labels of the fields of the chair, by name. */
export const LABELS = { feedback_history: "Notes for the council", current_draft: "Draft", input_topic: "Topic", critic_score: "Score, 0 to 10", route_decision: "Decision" };

const keyOf = (id) => `council.chair.${id}`;

/**
 * The changes of the run with this id: the pause in which they were typed, and the fields by name; null if there are none.
 * @returns {{seq: number, fields: Record<string, string>}?}
 */
export function readUnsent(id) {
  return JSON.parse(sessionStorage.getItem(keyOf(id)) ?? "null");
}

/** Keeps the changes; without fields it forgets them. */
export function keepUnsent(id, seq, fields) {
  try {
    if (Object.keys(fields).length) sessionStorage.setItem(keyOf(id), JSON.stringify({ seq, fields }));
    else sessionStorage.removeItem(keyOf(id));
  } catch {
    // The text is too big for the storage of the tab. It stays in its field.
  }
}

/**
 * The changes as texts to read and to copy. `use` puts them into the form of a pause, and `discard` forgets them.
 * @param {Record<string, string>} fields
 * @param {{use?: (() => void)?, discard: () => void}} acts
 */
export function unsentPart(fields, { use = null, discard }) {
  return h("div", { class: "unsent", role: "group", "aria-label": "What you have not sent" },
    h("p", {}, h("strong", {}, "You have not sent this:")),
    Object.entries(fields).map(([name, value]) => h("details", { open: value.length < 400 },
      h("summary", {}, LABELS[name] ?? name), h("p", { class: "unsent-text", dir: "auto" }, value))),
    h("div", { class: "actions" },
      use && h("button", { class: "plain", type: "button", onclick: use }, "Use it in this pause"),
      h("button", { class: "quiet", type: "button", onclick: discard }, "Discard")));
}

/**
 * What somebody else has answered to a pause, as a sentence.
 * @param {import("./model.js").RunModel} model
 * @param {RunEvent} pause
 */
export function answerInWords(model, pause) {
  const deeds = model.pieces.filter(({ node, at = "" }) => node === null && Date.parse(at) >= Date.parse(pause.at)).flatMap((piece) => [
    typeof piece.draft === "string" && "changed the draft",
    typeof piece.score === "number" && `set the score to ${piece.score}`,
    piece.feedback && "wrote a note",
  ]).filter(Boolean);
  const hasStopped = isStopped({ status: model.status, error: model.ended?.error });
  const what = hasStopped ? "stopped the run" : deeds.length ? deeds.join(" and ") : "continued";
  return `Another person, or you in another tab, ${what}.`;
}
