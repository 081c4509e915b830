// @ts-check
// Between the editor and the server: loading, saving, running, deleting.

import { call, Fault } from "../lib/api.js";
import { announce, confirmed, h, icon, write } from "../lib/dom.js";
import { go } from "../lib/router.js";

/** Where the blueprint with this id is. */
export const blueprintPath = (id) => `/api/councils/${encodeURIComponent(id)}`;

/** The models that the server offers; without an answer the editor does without suggestions. */
export async function knownModels(signal) {
  try {
    return await call("/api/models", { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return { default: "rehearsal", providers: [] };
  }
}

/** Each model that can be chosen, as it is written in a blueprint. */
export const modelSpecs = ({ providers }) => providers.flatMap(({ suggestions }) => suggestions);

/** Saves the draft; resolves to whether the server has it now. Faults are shown where they are. */
export async function saveDraft(editor) {
  const { draft } = editor;
  const version = draft.now;
  try {
    const saved = await sendDraft(draft, version);
    if (!saved) return false;
    draft.saved(version, saved);
    editor.refuse(null);
    announce("Saved.");
    return true;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return refused(editor, version, error);
  }
}

/** Sends a version under the draft's id, or as a new blueprint. */
async function sendDraft(draft, version) {
  const body = { version: 1, ...version };
  if (draft.id === null) return call("/api/councils/", { method: "POST", body: draft.wantedId ? { ...body, id: draft.wantedId } : body });
  const { updatedAt } = await call(blueprintPath(draft.id));
  const isForeign = draft.updatedAt && updatedAt !== draft.updatedAt;
  if (isForeign && !(await confirmed({
    title: "Somebody else has saved it meanwhile",
    text: "In another tab or by another client this council was changed after you opened it. Saving puts yours in its place.",
    yes: "Save mine",
    no: "Not now",
  }))) return null;
  return call(blueprintPath(draft.id), { method: "PUT", body: { ...body, id: draft.id } });
}

async function refused(editor, version, error) {
  const { draft } = editor;
  const isTaken = error.status === 409;
  if (isTaken || (error.status === 404 && draft.id !== null)) {
    const title = isTaken ? "This council is on the server already" : "This council is not on the server any more";
    const text = isTaken ? "One with the same id was saved before. You can keep yours beside it." : "It was deleted meanwhile. You can save yours as a new one.";
    if (!(await confirmed({ title, text, yes: "Save as a new one", no: "Not now", grave: false }))) return false;
    draft.forgetId();
    return saveDraft(editor);
  }
  editor.refuse(error.faults.length ? { version, faults: error.faults } : { version, faults: [{ loc: ["body", "The server"], msg: error.message }] });
  editor.showFault();
  return false;
}

/** Asks for a topic, and starts a run of the blueprint with this id. */
export function runBlueprint({ id, name }) {
  const topic = h("textarea", { id: "run-topic", rows: 4, required: true, maxlength: 10000, "aria-describedby": "run-fault" });
  const fault = h("p", { class: "fault", id: "run-fault", role: "alert", hidden: true });
  const chair = h("input", { type: "checkbox", id: "run-chair" });
  const start = async (event) => {
    event.preventDefault();
    try {
      const { run_id } = await call(`${blueprintPath(id)}/run`, { method: "POST", body: { input_topic: topic.value, god_mode: chair.checked } });
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
      h("label", { class: "editor-check" }, chair, "Ask me before each agent works"),
      h("div", { class: "actions end" },
        h("button", { class: "plain", type: "button", onclick: () => dialog.close() }, "Not now"),
        h("button", { class: "main" }, icon("play"), "Start"))));
  document.body.append(dialog);
  dialog.showModal();
  topic.focus();
}

/** Asks whether the blueprint of this name may be deleted. */
export function confirmDeletion(name) {
  return confirmed({ title: `Delete “${name}”?`, text: "Its runs stay in the history. The blueprint itself cannot be brought back.", yes: "Delete" });
}
