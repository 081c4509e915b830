// @ts-check
// The form of the whole council: its agents, its connections, and what there is to say of it.

import { h, icon } from "../lib/dom.js";
import { connectForm, notesPart } from "./agent.js";
import { agentFacts, agentMarks, unseen } from "./canvas.js";
import { agentIn } from "./document.js";
import { edgeInWords, EditorForm } from "./fields.js";
import { isConditional } from "./rules.js";

/** What is beside the canvas while nothing is selected. */
export function overviewForm(editor) {
  const form = new EditorForm();
  const { draft } = editor;
  const agents = () => draft.now.nodes.map((node) => agentFacts(node, draft.now, editor.notes()));
  const element = h("div", { class: "editor-form" },
    h("h2", { tabindex: -1, id: "editor-overview" }, "Agents"),
    notesPart(form, editor, () => "whole"),
    form.part(h("div", {}), () => [agents(), draft.now.nodes.map(({ id }) => id)], () => h("ul", { class: "editor-ways" },
      draft.now.nodes.map((node) => agentItem(editor, node)))),
    form.part(h("div", { class: "editor-section" }), () => [draft.now.edges, draft.now.nodes.map(({ id, label }) => [id, label]), edgeNotesOf(editor)], () => connections(editor)));
  return { element, form, first: "#editor-overview" };
}

function agentItem(editor, node) {
  const facts = agentFacts(node, editor.draft.now, editor.notes());
  return h("li", {},
    h("button", { class: "quiet", type: "button", "data-key": `agent ${node.id}`, onclick: () => editor.select({ agent: node.id }, { focus: true }) },
      h("span", {}, node.label || "No name", unseen("model"), h("span", { class: "agent-model" }, node.model || "none")),
      agentMarks(facts)));
}

function connections(editor) {
  const { nodes, edges } = editor.draft.now;
  if (!nodes.length) return null;
  return [
    h("h2", {}, "Connections"),
    edges.length ? h("ul", { class: "editor-ways" }, edges.map((edge) => connectionItem(editor, edge))) : h("p", { class: "hint" }, "None yet: only the first agent works."),
    h("h3", {}, "Connect two agents"),
    connectForm(editor),
    h("p", { class: "hint wide-only" }, "On the canvas: pull from the dot at an agent's right edge to another agent."),
  ];
}

function connectionItem(editor, edge) {
  const blueprint = editor.draft.now;
  const words = edgeInWords(edge, blueprint);
  const name = (id) => agentIn(blueprint, id)?.label || id;
  const isAmiss = editor.notes().some((note) => note.at === edge);
  return h("li", {},
    h("button", { class: "quiet", type: "button", "data-key": `open ${edge.id}`, onclick: () => editor.select({ edge: edge.id }, { focus: true }) },
      h("span", {}, unseen("Connection"), name(edge.source), h("span", { class: "way-arrow", "aria-hidden": "true" }, "→"), unseen("to"), name(edge.target)),
      h("span", { class: "agent-marks" },
        isConditional(edge) && h("span", { class: "way-when" }, unseen("on"), edge.condition || "?"),
        isAmiss && h("span", { class: "mark-warn" }, "look here"))),
    h("button", { class: "quiet round", type: "button", "data-key": `remove ${edge.id}`, "aria-label": `Delete the connection ${words}`, onclick: () => editor.removeEdge(edge.id) }, icon("cross")));
}

const edgeNotesOf = (editor) => editor.draft.now.edges.map((edge) => editor.notes().filter((note) => note.at === edge).length);
