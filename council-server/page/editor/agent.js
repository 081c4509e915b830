// @ts-check
// The form of one agent, and that of one connection.

import { announce, h, icon } from "../lib/dom.js";
import { unseen } from "./canvas.js";
import { agentIn } from "./document.js";
import { edgeInWords, EditorForm, selectOf, setWhen, whenOptions } from "./fields.js";
import { isConditional, isCriticAgent, judgingWord, providerOf } from "./rules.js";

/** The form of the agent with this id. */
export function agentForm(editor, id) {
  const form = new EditorForm();
  const { draft } = editor;
  const agent = () => agentIn(draft.now, id);
  const change = (name) => (value) => draft.edit((blueprint) => { agentIn(blueprint, id)[name] = value; }, `${name} ${id}`);
  const optional = (name, read) => (value) => draft.edit((blueprint) => {
    const node = agentIn(blueprint, id);
    if (value === "") delete node[name];
    else node[name] = read(value);
  }, `${name} ${id}`);
  const field = (name, label, control, more) => form.field({
    label, control, read: () => String(agent()[name] ?? ""), change: change(name), seal: () => draft.seal(),
    fault: () => editor.faultAt(agent(), name), ...more,
  });
  const element = h("div", { class: "editor-form" },
    h("div", { class: "editor-form-head" },
      h("button", { class: "quiet", type: "button", onclick: () => editor.select(null, { focus: true }) }, icon("back"), "All agents"),
      h("button", { class: "quiet", type: "button", onclick: () => editor.duplicateAgent(id) }, icon("copy"), "Duplicate"),
      h("button", { class: "quiet", type: "button", onclick: () => editor.removeAgent(id) }, icon("cross"), "Delete")),
    notesPart(form, editor, agent),
    field("label", "Name", h("input", { maxlength: 255, autocomplete: "off" })),
    field("model", "Model", h("input", { list: "editor-models", autocomplete: "off", spellcheck: "false" }), { hint: () => modelHint(editor, agent().model) }),
    field("systemPrompt", "Prompt", h("textarea", { rows: 9 })),
    field("role", "Role", selectOf([["", "as its prompt says"], ["agent", "writes drafts"], ["critic", "judges drafts"]]), {
      change: optional("role", String), hint: () => roleHint(agent()),
    }),
    h("div", { class: "editor-pair" },
      field("temperature", "Temperature", h("input", { type: "number", min: 0, max: 2, step: 0.1, placeholder: "0.7" }), { change: optional("temperature", Number) }),
      field("maxTokens", "Most tokens", h("input", { type: "number", min: 1, step: 1, placeholder: "4096" }), { change: optional("maxTokens", Number) })),
    waysPart(form, editor, agent));
  return { element, form, first: "#editor-name" };
}

/** The form of the connection with this id. */
export function edgeForm(editor, id) {
  const form = new EditorForm();
  const { draft } = editor;
  const edge = () => draft.now.edges.find((one) => one.id === id);
  const change = (act) => (value) => {
    draft.edit((blueprint) => act(blueprint.edges.find((one) => one.id === id), value));
    announce(edgeInWords(edge(), draft.now));
  };
  const agents = draft.now.nodes.map((node) => [node.id, node.label || node.id]);
  const element = h("div", { class: "editor-form" },
    h("div", { class: "editor-form-head" },
      h("button", { class: "quiet", type: "button", onclick: () => editor.select(null, { focus: true }) }, icon("back"), "All agents"),
      h("button", { class: "quiet", type: "button", onclick: () => editor.removeEdge(id) }, icon("cross"), "Delete")),
    h("h2", {}, "Connection"),
    notesPart(form, editor, edge),
    form.field({ label: "From", control: selectOf(agents), read: () => edge().source, change: change((one, value) => { one.source = value; }), fault: () => editor.faultAt(edge(), "source") }),
    form.field({ label: "To", control: selectOf(agents), read: () => edge().target, change: change((one, value) => { one.target = value; }), fault: () => editor.faultAt(edge(), "target") }),
    form.field({
      label: "Taken", control: selectOf(whenOptions(edge().condition)), read: () => (isConditional(edge()) ? edge().condition ?? "" : ""), change: change(setWhen),
      hint: "A critic decides “approve” from 8 on, else “rework”. What is always taken leads on when no condition is met.",
      fault: () => editor.faultAt(edge(), "condition") ?? editor.faultAt(edge(), "type"),
    }));
  return { element, form, first: "#editor-from" };
}

/** What there is to say of an agent, an edge or the whole, apart from what is said at its fields; `thing()` gives which. */
export function notesPart(form, editor, thing) {
  const read = () => editor.notes().filter((note) => note.at === thing() && !(note.grave && note.field));
  return form.part(h("ul", { class: "editor-notes" }), read, () => read().map(noteItem));
}

const noteItem = ({ grave, text }) => h("li", { class: grave ? "fault" : "hint" }, text);

/** Where an agent leads, what leads to it, and a form for one more way. */
function waysPart(form, editor, agent) {
  const { draft } = editor;
  const ways = () => draft.now.edges.filter((edge) => edge.source === agent().id || edge.target === agent().id);
  const read = () => [ways(), draft.now.nodes.map(({ id, label }) => [id, label]), agent().id];
  const make = () => {
    const leaving = ways().filter((edge) => edge.source === agent().id);
    const arriving = ways().filter((edge) => edge.source !== agent().id);
    return [
      h("h3", {}, "Leads to"),
      leaving.length ? h("ul", { class: "editor-ways" }, leaving.map((edge) => wayItem(editor, edge))) : h("p", { class: "hint" }, "Nobody: the run ends after it."),
      connectForm(editor, agent().id),
      arriving.length > 0 && [h("h3", {}, "Comes from"), h("ul", { class: "editor-ways" }, arriving.map((edge) => wayItem(editor, edge, true)))],
    ];
  };
  return form.part(h("div", { class: "editor-section" }), read, make);
}

/** One connection in a list: its name opens it. */
function wayItem(editor, edge, isArriving = false) {
  const blueprint = editor.draft.now;
  const other = agentIn(blueprint, isArriving ? edge.source : edge.target);
  const words = edgeInWords(edge, blueprint);
  return h("li", {},
    h("button", { class: "quiet", type: "button", "data-key": `open ${edge.id}`, onclick: () => editor.select({ edge: edge.id }, { focus: true }) },
      h("span", {}, unseen(isArriving ? "Connection from" : "Connection to"), other?.label || (isArriving ? edge.source : edge.target)),
      isConditional(edge) && h("span", { class: "way-when" }, unseen("on"), edge.condition || "?")),
    h("button", { class: "quiet round", type: "button", "data-key": `remove ${edge.id}`, "aria-label": `Delete the connection ${words}`, onclick: () => editor.removeEdge(edge.id) }, icon("cross")));
}

/** A form that connects; `from` is the agent that it leads from, or it asks for one. */
export function connectForm(editor, from = null) {
  const agents = editor.draft.now.nodes.map((node) => [node.id, node.label || node.id]);
  if (!agents.length) return null;
  const named = (word, label, options, chosen) => {
    const control = selectOf(options, { "data-key": `connect ${word}`, "aria-label": label });
    if (chosen !== undefined) control.value = chosen;
    return { control, element: h("label", { class: "small" }, word, control) };
  };
  const source = named("From", "Connect from", agents, from);
  const target = named("To", "Connect to", agents, agents.find(([id]) => id !== (from ?? agents[0][0]))?.[0]);
  const when = named("When", "When it is taken", [["usual", "as usual"], ...whenOptions()]);
  return h("form", {
    class: "editor-connect", onsubmit: (event) => {
      event.preventDefault();
      const edge = {};
      if (when.control.value !== "usual") setWhen(edge, when.control.value);
      editor.connect(source.control.value, target.control.value, edge);
    },
  }, from === null && source.element, target.element, when.element, h("button", { class: "plain", "data-key": "connect" }, icon("plus"), "Connect"));
}

function roleHint(agent) {
  const word = judgingWord(agent);
  if (agent.role) return isCriticAgent(agent) ? "It gives a score from 0 to 10; from 8 on it approves." : "It writes the draft.";
  return word ? `The server takes it for a critic: its prompt says “${word}”.` : "The server takes it for a writer of drafts: its prompt does not speak of judging.";
}

function modelHint(editor, model) {
  const provider = editor.models.providers.find(({ name }) => providerOf(model) === name);
  if (!provider) return "provider/model, for example openai/gpt-4o or ollama/llama3.2";
  if (!provider.available) return `Not at hand: the server needs ${provider.needs}.`;
  return provider.name === "rehearsal" ? "A set of rules, no language model." : `Played by ${provider.name}.`;
}
