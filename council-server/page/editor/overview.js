// @ts-check
// The form of the whole council: its start, its agents and its connections.

import { h, icon } from "../lib/dom.js";
import { modelName } from "../lib/words.js";
import { connectForm, notesPart } from "./agent.js";
import { agentFacts, agentMarks, unseen } from "./canvas.js";
import { agentIn, isConditional } from "./document.js";
import { edgeInWords, EditorForm, optionsOf, selectOf } from "./fields.js";

/** The form that is shown while nothing is selected. */
export function overviewForm(editor) {
  const form = new EditorForm();
  const { draft } = editor;
  const agents = () => draft.now.nodes.map((node) => agentFacts(node, draft.now, editor.notes()));
  const element = h("div", { class: "editor-form" },
    h("h2", { tabindex: -1, id: "editor-overview" }, "Agents"),
    form.part(h("div", {}), () => [draft.migrated, draft.now.nodes.map(({ id, label }) => [id, label])], () => migrationNote(draft)),
    notesPart(form, editor, () => "whole"),
    startField(form, editor),
    form.part(h("div", {}), () => [agents(), draft.now.nodes.map(({ id }) => id)], () => h("ul", { class: "editor-ways" },
      draft.now.nodes.map((node) => agentItem(editor, node)))),
    form.part(h("div", { class: "editor-section" }), () => [draft.now.edges, draft.now.nodes.map(({ id, label }) => [id, label]), edgeNotesOf(editor)], () => connections(editor)));
  return { element, form, first: "#editor-overview" };
}

/** The choice of the agent that runs first. */
function startField(form, editor) {
  const { draft } = editor;
  const control = selectOf([]);
  const options = () => draft.now.nodes.map(({ id, label }) => [id, label || id]);
  form.part(control, options, () => optionsOf(options()));
  return form.field({
    label: "Start", control, read: () => draft.now.start ?? "", fault: () => editor.faultAt("whole", "start"),
    change: (value) => draft.edit((blueprint) => { blueprint.start = value; }),
  });
}

/** Lists the guesses of the server about a blueprint of version 1. */
function migrationNote({ migrated, now }) {
  if (!migrated) return null;
  const name = (/** @type {string} */ node) => agentIn(now, node)?.label ?? node;
  const roles = migrated.guessed.map(({ node, role }) => `${name(node)}: ${role}`);
  const guesses = [
    ...migrated.start ? [`The start was guessed: ${name(migrated.start)}.`] : [],
    ...roles.length ? [`The roles were guessed from the prompts: ${roles.join(", ")}.`] : [],
  ];
  if (!guesses.length) return null;
  return h("p", { class: "hint" }, `This council has an old format. ${guesses.join(" ")} Check this, then save.`);
}

function agentItem(editor, node) {
  const facts = agentFacts(node, editor.draft.now, editor.notes());
  return h("li", { "data-key": node.id },
    h("button", { class: "quiet", type: "button", onclick: () => editor.select({ agent: node.id }, { focus: true }) },
      h("span", {}, node.label || "No name", unseen("model"), h("span", { class: "agent-model" }, modelName(node.model) || "none")),
      agentMarks(facts)));
}

function connections(editor) {
  const { nodes, edges } = editor.draft.now;
  if (!nodes.length) return null;
  return [
    h("h2", {}, "Connections"),
    edges.length ? h("ul", { class: "editor-ways" }, edges.map((edge) => connectionItem(editor, edge))) : h("p", { class: "hint" }, "None yet. Only the start runs."),
    h("h3", {}, "Connect two agents"),
    connectForm(editor),
    h("p", { class: "hint wide-only" }, "On the canvas: drag from the dot at the right edge of an agent to another agent."),
  ];
}

function connectionItem(editor, edge) {
  const blueprint = editor.draft.now;
  const words = edgeInWords(edge, blueprint);
  const name = (id) => agentIn(blueprint, id)?.label || id;
  const isAmiss = editor.notes().some((note) => note.at === edge);
  return h("li", { "data-key": edge.id },
    h("button", { class: "quiet", type: "button", onclick: () => editor.select({ edge: edge.id }, { focus: true }) },
      h("span", {}, unseen("Connection"), name(edge.source), h("span", { class: "way-arrow", "aria-hidden": "true" }, "→"), unseen("to"), name(edge.target)),
      h("span", { class: "agent-marks" },
        isConditional(edge) && h("span", { class: "way-when" }, unseen("on"), edge.condition || "?"),
        isAmiss && h("span", { class: "mark-warn" }, "Warning"))),
    h("button", { class: "quiet round", type: "button", "aria-label": `Delete the connection ${words}`, onclick: () => editor.removeEdge(edge.id) }, icon("cross")));
}

const edgeNotesOf = (editor) => editor.draft.now.edges.map((edge) => editor.notes().filter((note) => note.at === edge).length);
