// @ts-check
// The editor of one blueprint: its selection, its actions, and the server's check of it.

import { announce } from "../lib/dom.js";
import { notesOf } from "./check.js";
import { addAgent, agentIn, connectAgents, duplicateAgent, edgeIn, removeAgent, wayOn } from "./document.js";
import { edgeInWords } from "./fields.js";
import { arrange } from "./shape.js";
import { freshAgent } from "./templates.js";

/** Holds a draft, the selection, and the models of the server. The parts of the editor follow its changes. */
export class BlueprintEditor {
  /** @type {((how: {focus?: boolean | "fault", reveal?: boolean}) => void)[]} */
  #followers = [];
  /** The last check of the server. @type {Checked?} */
  #checked = null;
  /** The notes of that check, for the version that they were made for. @type {{version: Blueprint?, notes: Note[]}} */
  #noted = { version: null, notes: [] };

  /**
   * @param {import("./document.js").BlueprintDraft} draft
   * @param {Models} models
   */
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

  /** Calls `follower({focus, reveal})` after every change of the draft or the selection. */
  follow(follower) {
    this.#followers.push(follower);
  }

  /**
   * Selects an agent, an edge, or nothing. With `focus` the form gets the focus, or the first fault in it; with `reveal` the canvas
   * shows the agent.
   * @param {Selected?} selected
   * @param {{focus?: boolean | "fault", reveal?: boolean}} [how]
   */
  select(selected, { focus = false, reveal = false } = {}) {
    const isSame = JSON.stringify(selected) === JSON.stringify(this.selected);
    if (isSame && !focus) return;
    this.selected = selected;
    this.draft.seal();
    this.#tell({ focus, reveal });
  }

  openForm() {
    this.#tell({ focus: true });
  }

  /** The server's faults and warnings of the draft, without those of fields that were changed since. */
  notes() {
    const version = this.draft.now;
    if (this.#noted.version !== version) this.#noted = { version, notes: notesOf(this.#checked, version) };
    return this.#noted.notes;
  }

  /** The fault of a field of an agent, an edge or the whole, or null. */
  faultAt(thing, field) {
    return this.notes().find((note) => note.at === thing && note.field === field && note.grave)?.text ?? null;
  }

  /**
   * The provider of an agent's model, if the server has named it.
   * @param {BlueprintAgent} agent
   */
  providerOf({ id, model }) {
    const { version, providers } = this.#checked ?? { version: this.draft.now, providers: [] };
    const place = version.nodes.findIndex((node) => node.id === id && node.model === model);
    return this.models.providers.find(({ name }) => name === providers[place]) ?? null;
  }

  /**
   * Applies the server's check of a version.
   * @param {Checked} checked
   */
  told(checked) {
    this.#checked = checked;
    this.#noted.version = null;
    this.#tell();
  }

  /**
   * The server has refused to save a version.
   * @param {Blueprint} version
   * @param {FieldFault[]} faults
   */
  refused(version, faults) {
    this.told({ version, faults, warnings: [], providers: this.#checked?.providers ?? [] });
    this.#showFault();
  }

  #showFault() {
    const at = this.notes().find((note) => note.grave)?.at ?? "whole";
    if (at === "whole") this.select(null, { focus: "fault" });
    else this.select("source" in at ? { edge: at.id } : { agent: at.id }, { focus: "fault" });
    announce("Not saved. Fix the marked fields.");
  }

  /** Adds an agent after the selected one, or else after the last one at which the run ends. */
  addAgent() {
    let words = "Agent added. Its form is open.";
    this.#add((blueprint) => {
      const before = this.selected?.agent ? agentIn(blueprint, this.selected.agent) : this.#lastAgent(blueprint);
      const id = addAgent(blueprint, freshAgent(blueprint, before, this.models.default));
      if (before) words = `Agent added, connected ${edgeInWords(edgeIn(blueprint, connectAgents(blueprint, before.id, id, wayOn(blueprint, before))), blueprint)}. Its form is open.`;
      return id;
    });
    announce(words);
  }

  #lastAgent({ nodes, edges }) {
    return nodes.findLast(({ id }) => !edges.some(({ source }) => source === id)) ?? nodes.at(-1);
  }

  duplicateAgent(id) {
    this.#add((blueprint) => duplicateAgent(blueprint, id));
    announce("Agent duplicated, with its connections. The form of the copy is open.");
  }

  #add(add) {
    let agent = "";
    this.draft.edit((blueprint) => { agent = add(blueprint); });
    this.select({ agent }, { focus: true, reveal: true });
  }

  removeAgent(id) {
    const { label } = agentIn(this.draft.now, id);
    this.draft.edit((blueprint) => removeAgent(blueprint, id));
    this.select(null, { focus: true });
    announce(`${label} and its connections deleted. Undo restores them.`);
  }

  /** Connects two agents, and shows the connection. */
  connect(source, target, kind) {
    let id = "";
    this.draft.edit((blueprint) => { id = connectAgents(blueprint, source, target, kind); });
    this.select({ edge: id }, { focus: true });
    announce(`Connected ${edgeInWords(edgeIn(this.draft.now, id), this.draft.now)}.`);
  }

  removeEdge(id) {
    const words = edgeInWords(edgeIn(this.draft.now, id), this.draft.now);
    const isShown = this.selected?.edge === id;
    this.draft.edit((blueprint) => { blueprint.edges = blueprint.edges.filter((one) => one.id !== id); });
    if (isShown || !this.selected) this.select(null, { focus: true });
    announce(`Connection ${words} deleted. Undo restores it.`);
  }

  /** Arranges all agents in layers. */
  tidy() {
    this.draft.edit(arrange);
    announce("Agents arranged.");
  }

  undo() {
    if (!this.draft.canUndo) return;
    this.draft.undo();
    announce("Undone.");
  }

  redo() {
    if (!this.draft.canRedo) return;
    this.draft.redo();
    announce("Redone.");
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
