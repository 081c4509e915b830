// @ts-check
// The bar above the canvas: the name, undo, and the actions on the whole council.

import { call, Fault } from "../lib/api.js";
import { h, icon, write } from "../lib/dom.js";
import { menu } from "../lib/menu.js";
import { go, notice, renameView } from "../lib/router.js";
import { EditorForm } from "./fields.js";
import { exportBlueprint, importAsNew, openAsNew } from "./files.js";
import { blueprintPath, confirmDeletion, runBlueprint, saveDraft } from "./save.js";

/** The bar of an editor. */
export function editorBar(editor) {
  const { draft } = editor;
  const form = new EditorForm();
  const state = h("span", { class: "editor-state", role: "status" });
  const undo = tool("Undo", "undo", () => editor.undo());
  const redo = tool("Redo", "redo", () => editor.redo());
  const save = h("button", { class: "main", type: "button", onclick: () => draft.isChanged && saveAndStay(editor) }, "Save");
  const name = form.field({
    label: "Name of the council", control: h("input", { maxlength: 255, autocomplete: "off" }), read: () => draft.now.name,
    change: (value) => draft.edit((blueprint) => { blueprint.name = value; }, "name"), seal: () => draft.seal(), fault: () => editor.faultAt("whole", "name"),
  });
  const element = h("header", { class: "editor-bar" },
    h("a", { class: "button quiet round", href: "#/blueprints", "aria-label": "All blueprints", title: "All blueprints" }, icon("back")),
    h("div", { class: "editor-title" }, name, state),
    h("div", { class: "actions" },
      undo, redo,
      h("button", { class: "plain", type: "button", onclick: () => editor.addAgent() }, icon("plus"), "Add agent"),
      h("button", { class: "plain", type: "button", onclick: () => saveAndRun(editor) }, icon("play"), "Run"),
      save,
      moreMenu(editor)));
  return {
    element,
    sync() {
      form.sync();
      // `disabled` would take the focus away.
      for (const [button, can] of [[undo, draft.canUndo], [redo, draft.canRedo], [save, draft.isChanged]]) button.setAttribute("aria-disabled", String(!can));
      write(state, draft.isChanged ? "Not saved" : "Saved");
      state.classList.toggle("changed", draft.isChanged);
    },
  };
}

/** The menu of rare actions. */
function moreMenu(editor) {
  const { draft } = editor;
  return menu("More", [
    ["Duplicate the council", () => openAsNew({ ...draft.now, name: `${draft.now.name} copy` })],
    ["Export as JSON", () => exportBlueprint(draft)],
    ["Import JSON", () => importAsNew()],
    ["Delete the council", () => deleteDraft(editor), "grave"],
  ]);
}

/** The tools in the corner of the canvas. */
export function boardTools(editor, canvas) {
  return h("div", { class: "editor-tools" },
    tool("Arrange agents", "tidy", () => {
      editor.tidy();
      canvas.fit();
    }),
    tool("Zoom out", "minus", () => canvas.zoom(0.8)),
    tool("Show all", "fit", () => canvas.fit()),
    tool("Zoom in", "plus", () => canvas.zoom(1.25)));
}

function tool(label, drawing, act) {
  return h("button", { class: "quiet round", type: "button", "aria-label": label, title: label, onclick: act }, icon(drawing));
}

/** Shortcuts of the whole editor. In a field, undo is the browser's own. */
export function shortcut(event, editor) {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && editor.selected && !event.defaultPrevented) editor.select(null, { focus: true });
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const isTyping = event.target.matches("input, textarea");
  const act = {
    s: () => editor.draft.isChanged && saveAndStay(editor),
    z: !isTyping && (() => (event.shiftKey ? editor.redo() : editor.undo())),
    y: !isTyping && (() => editor.redo()),
  }[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

/** Saves the draft. A new one gets an address by that. */
async function saveAndStay(editor) {
  const isSaved = await saveDraft(editor);
  if (isSaved) renameView(`blueprint/${editor.draft.id}`, editor.draft.now.name);
  return isSaved;
}

async function saveAndRun(editor) {
  if (editor.draft.isChanged && !(await saveAndStay(editor))) return;
  await runBlueprint(editor.draft.request());
}

async function deleteDraft(editor) {
  const { draft } = editor;
  if (!(await confirmDeletion(draft.now.name))) return;
  try {
    if (draft.id !== null) await call(blueprintPath(draft.id), { method: "DELETE" });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.status !== 404) return notice(error.message);
  }
  draft.abandon();
  go("#/blueprints");
}
