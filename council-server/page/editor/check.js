// @ts-check
// The server's check of a blueprint, and its faults and warnings by agent and edge. The editor has no rules of its own.

import { call, inWords } from "../lib/api.js";
import { sentence } from "../lib/words.js";

/**
 * Sends a draft to the server's check, now and after each change, once the draft has not changed for a moment.
 * @param {import("./document.js").BlueprintDraft} draft
 * @param {(checked: Checked) => void} told
 * @param {AbortSignal} signal
 */
export function checkAfterChanges(draft, told, signal) {
  let timer = 0;
  let current = new AbortController();
  const check = async () => {
    const version = draft.now;
    current = new AbortController();
    try {
      const answer = await call("/api/councils/check", { method: "POST", body: draft.request(), signal: current.signal });
      told({ version, ...answer });
    } catch {
      // The next change sends it again, and saving shows the error.
    }
  };
  const stop = () => {
    clearTimeout(timer);
    current.abort();
  };
  draft.follow(() => {
    stop();
    timer = setTimeout(check, PAUSE);
  });
  signal.addEventListener("abort", stop);
  check();
}

/**
 * The faults and warnings of a check that apply to the current version, without those of fields that were changed since.
 * @param {Checked?} checked
 * @param {Blueprint} now
 */
export function notesOf(checked, now) {
  if (!checked) return [];
  const note = (fault, grave) => ({ type: fault.type, grave, text: sentence(inWords(fault)), ...placeOf(fault.loc, checked.version, now) });
  const notes = [...checked.faults.map((fault) => note(fault, true)), ...checked.warnings.map((warning) => note(warning, false))];
  return /** @type {Note[]} */ (notes.filter(({ at }) => at !== null));
}

/**
 * The agent or edge at a location, or `"whole"`, and its field. `at` is null if it was removed or the field was changed.
 * @param {(string | number)[]} loc
 * @param {any} checked
 * @param {any} now
 */
function placeOf([, part = "", place, field], checked, now) {
  if ((part !== "nodes" && part !== "edges") || typeof place !== "number") {
    const isSame = JSON.stringify(now[part]) === JSON.stringify(checked[part]);
    return { at: isSame ? "whole" : null, field: FORM_FIELDS.whole.includes(String(part)) ? String(part) : null };
  }
  const then = checked[part][place];
  const at = now[part].find(({ id }) => id === then.id) ?? null;
  const isSame = at !== null && (field === undefined || JSON.stringify(at[field]) === JSON.stringify(then[field]));
  return { at: isSame ? at : null, field: FORM_FIELDS[part].includes(String(field)) ? String(field) : null };
}

/** The fields that show their faults themselves. */
const FORM_FIELDS = {
  whole: ["name", "start"],
  nodes: ["label", "systemPrompt", "model", "role", "temperature", "maxTokens", "patience"],
  edges: ["source", "target", "type", "condition"],
};

/** The time without a change after which a draft is checked, in milliseconds. */
const PAUSE = 300;
