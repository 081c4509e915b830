// @ts-check
// Calls of the editor: load models, save, run and delete a blueprint.

import { call, Fault } from "../lib/api.js";
import { announce, confirmed, h, icon, write } from "../lib/dom.js";
import { go, notice } from "../lib/router.js";
import { mayRun } from "../lists/may-run.js";

/** The path of a blueprint. */
export const blueprintPath = (id) => `/api/councils/${encodeURIComponent(id)}`;

/** The models that the server offers. Without an answer there are no suggestions. */
export async function knownModels(signal) {
  try {
    return await call("/api/models", { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return { default: "rehearsal", providers: [] };
  }
}

/** The models that are suggested. */
export const modelSpecs = ({ providers }) => providers.flatMap(({ suggestions }) => suggestions);

/** Saves the draft; resolves to whether it is saved. Faults are shown at their fields. */
export async function saveDraft(editor) {
  const { draft } = editor;
  const version = draft.now;
  try {
    const saved = await sendDraft(draft);
    if (!saved) return false;
    draft.saved(version, saved);
    announce("Saved.");
    return true;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return recover(editor, version, error);
  }
}

/** Sends the current version under the draft's id, or as a new blueprint; null if the person cancels. */
async function sendDraft(draft) {
  const body = draft.request();
  if (draft.id === null) return call("/api/councils/", { method: "POST", body });
  const { updatedAt } = await call(blueprintPath(draft.id));
  const isForeign = draft.updatedAt && updatedAt !== draft.updatedAt;
  if (isForeign && !(await confirmed({
    title: "Changed by someone else",
    text: "This council was saved in another tab or by another client after you opened it. Saving replaces that version.",
    yes: "Replace it",
    no: "Cancel",
  }))) return null;
  return call(blueprintPath(draft.id), { method: "PUT", body });
}

/** Handles an error of saving. Resolves to whether the draft was saved in another way. */
async function recover(editor, version, error) {
  const { draft } = editor;
  const isTaken = error.status === 409;
  if (isTaken || (error.status === 404 && draft.id !== null)) {
    const title = isTaken ? "This council exists already" : "This council was deleted";
    const text = isTaken ? "The server has a council with the same id. You can save yours as a new one." : "Someone has deleted it on the server. You can save yours as a new one.";
    if (!(await confirmed({ title, text, yes: "Save as new", no: "Cancel", grave: false }))) return false;
    draft.forgetId();
    return saveDraft(editor);
  }
  if (error.faults.length) editor.refused(version, error.faults);
  else notice(error.message);
  return false;
}

/** Asks for a topic, and starts a run of a saved blueprint. */
export async function runBlueprint(blueprint) {
  if (!(await mayRun(blueprint))) return;
  const { id, name } = blueprint;
  const topic = h("textarea", { id: "run-topic", rows: 4, dir: "auto", required: true, maxlength: 10000, "aria-describedby": "run-fault" });
  const fault = h("p", { class: "fault", id: "run-fault", role: "alert", hidden: true });
  const chair = h("input", { type: "checkbox", id: "run-chair" });
  const start = async (event) => {
    event.preventDefault();
    try {
      const { run_id } = await call(`${blueprintPath(id)}/run`, { method: "POST", body: { input_topic: topic.value, god_mode: chair.checked }, once: true });
      dialog.close();
      go(`#/run/${run_id}`);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      write(fault, error.at("input_topic") ?? error.message);
      fault.hidden = false;
    }
  };
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "run-title", onclose: () => dialog.remove() },
    h("form", { onsubmit: start },
      h("h2", { id: "run-title" }, `Run “${name}”`),
      h("div", { class: "field" }, h("label", { for: "run-topic" }, "Topic"), topic, fault),
      h("label", { class: "editor-check" }, chair, "Ask me before each agent runs"),
      h("div", { class: "actions end" },
        h("button", { class: "plain", type: "button", onclick: () => dialog.close() }, "Cancel"),
        h("button", { class: "main" }, icon("play"), "Start"))));
  document.body.append(dialog);
  dialog.showModal();
  topic.focus();
}

/** Asks whether the blueprint of this name may be deleted. */
export function confirmDeletion(name) {
  return confirmed({ title: `Delete “${name}”?`, text: "Its runs stay in the history. The blueprint cannot be restored.", yes: "Delete" });
}
