// @ts-check
// The forms of an agent and of a connection.

import { announce, h, icon } from "../lib/dom.js";
import { withCode } from "../lib/words.js";
import { unseen } from "./canvas.js";
import { agentIn, edgeIn, isConditional } from "./document.js";
import { edgeInWords, EditorForm, selectOf, setCondition, conditionOptions } from "./fields.js";

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
  const timeInput = () => h("input", { autocomplete: "off", spellcheck: "false", placeholder: "default" });
  const timeout = (name, label) => field("timeouts", label, timeInput(), {
    read: () => timeText(agent().timeouts?.[name]),
    change: (value) => draft.edit((blueprint) => setTimeLimit(agentIn(blueprint, id), name, value), `${name} ${id}`),
    // The faults of the time limits are listed above, because each names its limit.
    fault: undefined,
  });
  const element = h("div", { class: "editor-form" },
    h("div", { class: "editor-form-head" },
      h("button", { class: "quiet", type: "button", onclick: () => editor.select(null, { focus: true }) }, icon("back"), "All agents"),
      h("button", { class: "quiet", type: "button", onclick: () => editor.duplicateAgent(id) }, icon("copy"), "Duplicate"),
      h("button", { class: "quiet", type: "button", onclick: () => editor.removeAgent(id) }, icon("cross"), "Delete")),
    notesPart(form, editor, agent),
    field("label", "Name", h("input", { maxlength: 255, autocomplete: "off" })),
    field("model", "Model", h("input", { list: "editor-models", autocomplete: "off", spellcheck: "false" }), { hint: () => modelHint(editor, agent()) }),
    field("systemPrompt", "Prompt", h("textarea", { rows: 9 })),
    field("role", "Role", selectOf([["agent", "Agent: writes the draft"], ["critic", "Critic: judges the draft"]]), {
      hint: () => ROLE_HINTS[agent().role] ?? "",
    }),
    h("div", { class: "editor-pair" },
      field("temperature", "Temperature", h("input", { type: "number", min: 0, max: 2, step: 0.1, placeholder: "0.7" }), { change: optional("temperature", Number) }),
      field("maxTokens", "Max tokens", h("input", { type: "number", min: 1, step: 1, placeholder: "default" }), { change: optional("maxTokens", Number) })),
    h("details", { class: "editor-limits" },
      h("summary", {}, "Time limits"),
      h("p", { class: "hint" }, "A time such as 90, 90s, 20m or 1.5h. An empty field means the setting of the server."),
      h("div", { class: "editor-pair" },
        timeout("firstToken", "First token"),
        timeout("betweenTokens", "Between tokens")),
      h("div", { class: "editor-pair" },
        timeout("total", "Whole answer"),
        field("patience", "Patience", timeInput(), { read: () => timeText(agent().patience), change: optional("patience", String) }))),
    waysPart(form, editor, agent));
  return { element, form, first: "#editor-name" };
}

/**
 * A time as text: the whole number of its longest unit, or seconds with a fraction. A text is one that was typed, and stays.
 * @param {number | string | undefined} time seconds, or a text
 */
function timeText(time) {
  if (time === undefined || typeof time === "string") return time ?? "";
  const [unit, seconds] = UNITS.find(([, seconds]) => time >= seconds && time % seconds === 0) ?? ["s", 1];
  return `${time / seconds}${unit}`;
}

/** The units of a time, with their seconds, the longest first. @type {[string, number][]} */
const UNITS = [["h", 3_600], ["m", 60], ["s", 1]];

/** Sets a time limit of an agent; an empty text removes it. */
function setTimeLimit(agent, name, text) {
  const { [name]: _, ...others } = agent.timeouts ?? {};
  const timeouts = text === "" ? others : { ...others, [name]: text };
  if (Object.keys(timeouts).length) agent.timeouts = timeouts;
  else delete agent.timeouts;
}

/** The form of the connection with this id. */
export function edgeForm(editor, id) {
  const form = new EditorForm();
  const { draft } = editor;
  const edge = () => edgeIn(draft.now, id);
  const change = (act) => (value) => {
    draft.edit((blueprint) => act(edgeIn(blueprint, id), value));
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
      label: "Condition", control: selectOf(conditionOptions(edge().condition ?? "")), read: () => (isConditional(edge()) ? edge().condition ?? "" : ""), change: change(setCondition),
      hint: "A critic decides “approve” for a score of 8 or more, otherwise “rework”. Beside conditional connections, one without a condition is taken if none of them is.",
      fault: () => editor.faultAt(edge(), "condition") ?? editor.faultAt(edge(), "type"),
    }));
  return { element, form, first: "#editor-from" };
}

/** The server's faults and warnings of an agent, an edge or the whole, without those that the fields show. `thing()` returns which. */
export function notesPart(form, editor, thing) {
  const isShownByField = ({ grave, field, type }) => field !== null && (grave || type === "model_unavailable");
  const read = () => editor.notes().filter((note) => note.at === thing() && !isShownByField(note));
  return form.part(h("ul", { class: "editor-notes" }), read, () => read().map(noteItem));
}

const noteItem = ({ grave, text }) => h("li", { class: grave ? "fault" : "hint" }, withCode(text));

/** The connections of an agent, and a form for one more. */
function waysPart(form, editor, agent) {
  const { draft } = editor;
  const ways = () => draft.now.edges.filter((edge) => edge.source === agent().id || edge.target === agent().id);
  const read = () => [ways(), draft.now.nodes.map(({ id, label }) => [id, label]), agent().id];
  const make = () => {
    const leaving = ways().filter((edge) => edge.source === agent().id);
    const arriving = ways().filter((edge) => edge.source !== agent().id);
    return [
      h("h3", {}, "Leads to"),
      leaving.length ? h("ul", { class: "editor-ways", "data-key": "leaving" }, leaving.map((edge) => wayItem(editor, edge))) : h("p", { class: "hint" }, "Nothing: the run ends here."),
      connectForm(editor, agent().id),
      arriving.length > 0 && [h("h3", {}, "Comes from"), h("ul", { class: "editor-ways", "data-key": "arriving" }, arriving.map((edge) => wayItem(editor, edge, true)))],
    ];
  };
  return form.part(h("div", { class: "editor-section" }), read, make);
}

/** One connection in a list: its name opens it. */
function wayItem(editor, edge, isArriving = false) {
  const blueprint = editor.draft.now;
  const other = agentIn(blueprint, isArriving ? edge.source : edge.target);
  const words = edgeInWords(edge, blueprint);
  return h("li", { "data-key": edge.id },
    h("button", { class: "quiet", type: "button", onclick: () => editor.select({ edge: edge.id }, { focus: true }) },
      h("span", {}, unseen(isArriving ? "Connection from" : "Connection to"), other?.label || (isArriving ? edge.source : edge.target)),
      isConditional(edge) && h("span", { class: "way-when" }, unseen("on"), edge.condition || "?")),
    h("button", { class: "quiet round", type: "button", "aria-label": `Delete the connection ${words}`, onclick: () => editor.removeEdge(edge.id) }, icon("cross")));
}

/** A form that connects agents. It asks for the source, unless `from` is given. */
export function connectForm(editor, from = null) {
  const agents = editor.draft.now.nodes.map((node) => [node.id, node.label || node.id]);
  if (!agents.length) return null;
  const choice = (name, label, options) => selectOf(options, { name, "aria-label": label });
  const labelled = (word, control) => h("label", { class: "small", "data-key": word }, word, control);
  const target = choice("target", "Connect to", agents);
  const other = agents.find(([id]) => id !== (from ?? agents[0][0]));
  if (other) target.value = other[0];
  return h("form", {
    class: "editor-connect", onsubmit: (event) => {
      event.preventDefault();
      const chosen = new FormData(event.currentTarget);
      const edge = {};
      if (chosen.get("when") !== "usual") setCondition(edge, chosen.get("when"));
      editor.connect(from ?? chosen.get("source"), chosen.get("target"), edge);
    },
  },
    from === null && labelled("From", choice("source", "Connect from", agents)),
    labelled("To", target),
    labelled("When", choice("when", "Condition", [["usual", "Default"], ...conditionOptions()])),
    h("button", { class: "plain" }, icon("plus"), "Connect"));
}

const ROLE_HINTS = {
  agent: "It writes the draft.",
  critic: "It scores the draft from 0 to 10, and approves from 8 on.",
};

function modelHint(editor, agent) {
  const provider = editor.providerOf(agent);
  if (!provider) return "provider/model, for example openai/gpt-4o or ollama/llama3.2";
  if (!provider.available) return `Unavailable: ${provider.needs} is not set on the server.`;
  return provider.name === "rehearsal" ? "Fixed rules, no language model." : `Provider: ${PROVIDERS[provider.name] ?? provider.name}`;
}

const PROVIDERS = { anthropic: "Anthropic", openai: "OpenAI", ollama: "Ollama" };
