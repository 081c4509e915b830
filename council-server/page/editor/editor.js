// @ts-check
// The editor of one blueprint: what is selected, what can be done, and what there is to say of it.

import { announce } from "../lib/dom.js";
import { addAgent, agentIn, connectAgents, removeAgent } from "./document.js";
import { edgeInWords } from "./fields.js";
import { blueprintNotes } from "./rules.js";
import { arrange } from "./shape.js";
import { freshAgent } from "./templates.js";

/** Holds a draft, what is selected in it, and the models that the server knows. Its parts follow it. */
export class BlueprintEditor {
  #followers = [];
  /** @type {{version: any, refusal: any, notes: Note[]}} */
  #noted = { version: null, refusal: null, notes: [] };
  #refusal = null;

  constructor(draft, models) {
    this.draft = draft;
    this.models = models;
    /** @type {Selected?} */
    this.selected = null;
    draft.follow(() => {
      if (!this.#isThere(this.selected)) this.selected = null;
      this.#tell();
    });
  }

  /** Calls `follower({focus})` after every change of the draft or the selection. */
  follow(follower) {
    this.#followers.push(follower);
  }

  /**
   * Selects an agent, an edge, or nothing; with `focus` its form is gone to, or the first fault in it.
   * @param {Selected?} selected
   * @param {{focus?: boolean | "fault"}} [how]
   */
  select(selected, { focus = false } = {}) {
    const isSame = JSON.stringify(selected) === JSON.stringify(this.selected);
    if (isSame && !focus) return;
    this.selected = selected;
    this.draft.seal();
    this.#tell({ focus });
  }

  openForm() {
    this.#tell({ focus: true });
  }

  /** What there is to say, the server's refusal included, as long as what it refused has not been changed. */
  notes() {
    const version = this.draft.now;
    if (this.#noted.version !== version || this.#noted.refusal !== this.#refusal) {
      const notes = [...blueprintNotes(version, this.models), ...refusalNotes(version, this.#refusal)];
      this.#noted = { version, refusal: this.#refusal, notes };
    }
    return this.#noted.notes;
  }

  /** What is wrong with a field of an agent, an edge or the whole, or null. */
  faultAt(thing, field) {
    return this.notes().find((note) => note.at === thing && note.field === field && note.grave)?.text ?? null;
  }

  /** The server has refused a version for these faults; null once it has not. */
  refuse(refusal) {
    this.#refusal = refusal;
    this.#tell();
  }

  /** Goes to the first thing that the server would refuse. */
  showFault() {
    const at = this.notes().find((note) => note.grave)?.at;
    const { nodes, edges } = this.draft.now;
    const selected = nodes.includes(at) ? { agent: at.id } : edges.includes(at) ? { edge: at.id } : null;
    this.select(selected, { focus: "fault" });
    announce("The server refuses it. What is wrong is said in the form.");
  }

  addAgent() {
    let id;
    this.draft.edit((blueprint) => { id = addAgent(blueprint, freshAgent(blueprint, this.models.default)); });
    this.select({ agent: id }, { focus: true });
    announce("An agent is added. Its form is open.");
  }

  duplicateAgent(id) {
    let copy;
    this.draft.edit((blueprint) => {
      const node = agentIn(blueprint, id);
      const { x, y } = node.position;
      copy = addAgent(blueprint, { ...structuredClone(node), label: `${node.label} copy`, position: { x: x + 32, y: y + 96 } });
    });
    this.select({ agent: copy }, { focus: true });
    announce("The agent is duplicated. The form of its copy is open.");
  }

  removeAgent(id) {
    const { label } = agentIn(this.draft.now, id);
    this.draft.edit((blueprint) => removeAgent(blueprint, id));
    this.select(null, { focus: true });
    announce(`${label} is deleted, with its connections. Undo brings it back.`);
  }

  /** Connects two agents, and shows the connection. */
  connect(source, target, kind) {
    let id;
    this.draft.edit((blueprint) => { id = connectAgents(blueprint, source, target, kind); });
    const edge = this.draft.now.edges.find((one) => one.id === id);
    this.select({ edge: id }, { focus: true });
    announce(`Connected ${edgeInWords(edge, this.draft.now)}.`);
  }

  removeEdge(id) {
    const edge = this.draft.now.edges.find((one) => one.id === id);
    const words = edgeInWords(edge, this.draft.now);
    const isShown = this.selected?.edge === id;
    this.draft.edit((blueprint) => { blueprint.edges = blueprint.edges.filter((one) => one.id !== id); });
    if (isShown || !this.selected) this.select(null, { focus: true });
    announce(`The connection ${words} is deleted. Undo brings it back.`);
  }

  /** Arranges all agents in layers. */
  tidy() {
    this.draft.edit(arrange);
    announce("The agents are arranged.");
  }

  undo() {
    if (!this.draft.canUndo) return;
    this.draft.undo();
    announce("Undone.");
  }

  redo() {
    if (!this.draft.canRedo) return;
    this.draft.redo();
    announce("Done again.");
  }

  #isThere(selected) {
    const { nodes, edges } = this.draft.now;
    if (selected?.agent) return nodes.some(({ id }) => id === selected.agent);
    return !selected?.edge || edges.some(({ id }) => id === selected.edge);
  }

  #tell(how = {}) {
    for (const follower of this.#followers) follower(how);
  }
}

/** The faults that the server found, at what they are about in the version of now. */
function refusalNotes(now, refusal) {
  if (!refusal) return [];
  return refusal.faults.flatMap(({ loc: [, part, place, field = null], msg }) => {
    const list = ["nodes", "edges"].includes(part) && typeof place === "number" ? part : null;
    if (part === "name") return now.name === refusal.version.name ? [{ at: "whole", field: "name", grave: true, text: msg }] : [];
    if (!list) return [{ at: "whole", field: null, grave: true, text: `${part ?? "It"}: ${msg}` }];
    const refused = JSON.stringify(refusal.version[list][place]);
    const at = now[list].find((thing) => JSON.stringify(thing) === refused);
    const isShown = FORM_FIELDS[list].includes(field);
    return at ? [{ at, field: isShown ? field : null, grave: true, text: msg }] : [];
  });
}

/** The fields that have a place of their own for what is wrong with them. */
const FORM_FIELDS = {
  nodes: ["label", "systemPrompt", "model", "role", "temperature", "maxTokens"],
  edges: ["source", "target", "type", "condition"],
};
