// @ts-check
// The view of the editor: bar, canvas and form: `#/blueprint/<id>`.

import { call } from "../lib/api.js";
import { confirmed, fill, h } from "../lib/dom.js";
import { afterPress } from "../lib/press.js";
import { agentForm, edgeForm } from "./agent.js";
import { boardTools, editorBar, shortcut } from "./bar.js";
import { EditorCanvas } from "./canvas.js";
import { checkAfterChanges } from "./check.js";
import { agentIn, BlueprintDraft } from "./document.js";
import { BlueprintEditor } from "./editor.js";
import { takeHandedOver } from "./files.js";
import { overviewForm } from "./overview.js";
import { blueprintPath, knownModels, modelSpecs } from "./save.js";
import { blueprintTemplates } from "./templates.js";

export async function editorView([name, template], signal) {
  const models = await knownModels(signal);
  const draft = name === "new" ? newDraft(template, models) : new BlueprintDraft(await call(blueprintPath(name), { signal }), { isNew: false });
  const editor = new BlueprintEditor(draft, models);
  const body = editorBody(editor);
  checkAfterChanges(draft, (checked) => afterPress(() => editor.told(checked)), signal);
  addEventListener("keydown", (event) => shortcut(event, editor), { signal });
  addEventListener("beforeunload", (event) => draft.holdsWork && event.preventDefault(), { signal });
  return { title: draft.now.name || "New council", body, leaving: () => mayLeave(editor) };
}

function newDraft(template, models) {
  const templates = blueprintTemplates(models.default);
  const { blueprint: empty } = templates[templates.length - 1];
  const blueprint = takeHandedOver() ?? templates.find(({ key }) => key === template)?.blueprint ?? empty;
  return new BlueprintDraft(blueprint, { isNew: true });
}

async function mayLeave(editor) {
  if (!editor.draft.holdsWork) return true;
  return confirmed({ title: "Leave without saving?", text: "The changes of this council are not saved.", yes: "Leave", no: "Stay" });
}

function editorBody(editor) {
  const canvas = new EditorCanvas(editor);
  const side = h("section", { class: "card editor-side", "aria-label": "Form" });
  const bar = editorBar(editor);
  let shown = sideForm(editor);
  /** @type {string?} */
  let key = null;
  /** @param {{focus?: boolean | "fault", reveal?: boolean}} how */
  const follow = ({ focus = false, reveal = false }) => {
    if (JSON.stringify(editor.selected) !== key) {
      key = JSON.stringify(editor.selected);
      shown = sideForm(editor);
      fill(side, shown.element);
      side.scrollTop = 0;
    }
    shown.form.sync();
    canvas.draw();
    bar.sync();
    if (reveal && editor.selected?.agent) canvas.reveal(agentIn(editor.draft.now, editor.selected.agent));
    const first = side.querySelector(focus === "fault" ? '[aria-invalid="true"]' : shown.first) ?? side.querySelector(shown.first);
    if (focus && first instanceof HTMLElement) first.focus();
  };
  editor.follow(follow);
  const body = h("section", { class: "editor" },
    h("h1", { class: "unseen" }, "Blueprint editor"),
    bar.element,
    h("div", { class: "card editor-board" }, canvas.element, boardTools(editor, canvas)),
    side,
    h("datalist", { id: "editor-models" }, modelSpecs(editor.models).map((model) => h("option", { value: model }))));
  follow({});
  // The size is known once the canvas is in the page.
  let isFitted = false;
  new ResizeObserver(() => {
    if (!isFitted && canvas.element.clientWidth) canvas.fit();
    isFitted ||= canvas.element.clientWidth > 0;
  }).observe(canvas.element);
  return body;
}

function sideForm(editor) {
  if (editor.selected?.agent) return agentForm(editor, editor.selected.agent);
  if (editor.selected?.edge) return edgeForm(editor, editor.selected.edge);
  return overviewForm(editor);
}
