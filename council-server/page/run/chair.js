// @ts-check
// The chair: the pauses before each agent, and the answers of the person.

import { call } from "../lib/api.js";
import { announce, confirmed, fill, h, icon, write } from "../lib/dom.js";
import { update } from "../lib/update.js";
import { isOver, scoreText, withCode } from "../lib/words.js";
import { answerInWords, keepUnsent, LABELS, readUnsent, unsentPart } from "./unsent.js";

export class ChairPanel {
  #asked = null;
  /** The pause that is shown, or was shown last. @type {RunEvent?} */
  #pause = null;
  /** The answer of this page: the number of its pause, and whether it has what was typed. @type {{seq: number?, isWhole: boolean}?} */
  #own = null;
  /** Whether the focus was here when the answer of this page was sent. */
  #hadFocus = false;
  /** The pause that somebody else has answered. @type {RunEvent?} */
  #foreign = null;
  /** The form of the pause; null while the run does not wait for the chair. @type {HTMLFormElement?} */
  #form = null;
  /** The sentence that is shown while the run does not wait for the chair. @type {HTMLElement?} */
  #words = null;
  /** The fields of the form, by name, with their first values. @type {Map<string, {control: HTMLElement, fault: HTMLElement, before: string}>} */
  #fields = new Map();

  /** `answered()` is called when the server has accepted an answer. */
  constructor(id, answered) {
    this.id = id;
    this.answered = answered;
    this.error = h("p", { class: "fault", role: "alert", hidden: true });
    /** What somebody else has answered. */
    this.note = h("p", { class: "hint", role: "status", hidden: true });
    /** What was typed and not sent. */
    this.unsent = h("div");
    this.element = h("section", { class: "card chair", "aria-labelledby": "chair-title" });
  }

  show(model) {
    this.model = model;
    const asked = model.asked?.seq ?? null;
    const key = asked ?? (isOver(model.status) ? "over" : [...model.path.active].join());
    this.element.classList.toggle("asks", asked !== null);
    if (key !== this.#asked) {
      // A control that is disabled while its answer is sent loses the focus.
      const hadFocus = this.element.contains(document.activeElement) || this.#hadFocus;
      this.#hadFocus = false;
      if (this.#pause && this.#pause.seq !== asked && this.#pause.seq !== this.#own?.seq) this.#foreign = this.#pause;
      this.#asked = key;
      this.#form = null;
      asked === null ? this.#rest() : this.#ask(model.asked);
      if (hadFocus) this.#focus();
    }
    this.note.hidden = !this.#foreign;
    if (this.#foreign) write(this.note, answerInWords(model, this.#foreign));
  }

  #rest() {
    const { model } = this;
    const names = [...model.path.active].map((id) => model.name(id)).join(" and ");
    const words = isOver(model.status) ? "The run has ended." : names ? `${names} ${model.path.active.size > 1 ? "are" : "is"} running. The run pauses before the next agent.` : "The run pauses before each agent.";
    if (this.#words) return write(this.#words, words);
    this.#words = h("p", { class: "soft" }, words);
    fill(this.element, h("h2", { id: "chair-title", tabindex: "-1" }, icon("chair"), "You are in the chair"), this.#words, this.note, this.unsent);
    this.#showUnsent();
  }

  /** Shows what was typed in a former pause and not sent. */
  #showUnsent() {
    const kept = readUnsent(this.id);
    const isCurrent = this.#form !== null && kept?.seq === this.#pause?.seq;
    const isSent = this.#own?.isWhole && this.#own.seq === kept?.seq;
    if (!kept || isCurrent || isSent) return fill(this.unsent);
    const discard = () => {
      keepUnsent(this.id, kept.seq, {});
      this.#showUnsent();
      this.#focus();
    };
    return fill(this.unsent, unsentPart(kept.fields, { discard, use: this.#form && (() => this.#takeUp(kept.fields)) }));
  }

  /** Puts texts that were not sent into the fields, and opens the form. */
  #takeUp(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const control = /** @type {HTMLInputElement?} */ (this.#fields.get(name)?.control ?? null);
      if (control) control.value = value;
    }
    this.#keep();
    this.#showUnsent();
    const opener = this.element.querySelector("[aria-controls=chair-form]");
    if (this.#form?.hidden && opener) this.#toggle(opener);
  }

  /** Keeps what differs from the values of the pause. */
  #keep() {
    /** @type {Record<string, string>} */
    const fields = {};
    for (const [name, { control, before }] of this.#fields) {
      const { value } = /** @type {HTMLInputElement} */ (control);
      if (value !== before) fields[name] = value;
    }
    keepUnsent(this.id, this.#pause?.seq, fields);
  }

  #ask(asked) {
    this.#words = null;
    this.#pause = asked;
    const { model } = this;
    const names = asked.next_nodes.map((id) => model.name(id));
    const isJudging = asked.next_nodes.length > 0 && asked.next_nodes.every((id) => model.isCritic(id));
    const deed = isJudging ? "judge the draft" : asked.current_draft ? "work on the draft" : "write the first draft";
    const judged = asked.critic_score === null ? "" : ` The last score is ${scoreText(asked.critic_score)}.`;
    this.#fields.clear();
    this.error.hidden = true;
    const buttons = h("div", { class: "actions" },
      h("button", { class: "main", type: "button", onclick: () => this.#answer({ action: "approve" }) }, icon("check"), "Continue"),
      h("button", { class: "plain", type: "button", "aria-expanded": "false", "aria-controls": "chair-form", onclick: (event) => this.#toggle(event.currentTarget) }, icon("pen"), "Edit…"),
      h("button", { class: "grave", type: "button", onclick: () => this.#reject() }, icon("cross"), "Stop run"));
    this.#form = this.#changes(asked);
    fill(this.element,
      h("div", { class: "question" },
        h("div", {}, h("h2", { id: "chair-title", tabindex: "-1" }, icon("chair"), "Your decision"),
          h("p", {}, h("strong", {}, names.join(" and ") || "The next agent"), ` will ${deed}.`, h("span", { class: "soft" }, judged))),
        buttons),
      this.note, this.error, this.unsent, this.#form);
    const kept = readUnsent(this.id);
    // The page was reloaded while the person typed.
    if (kept && kept.seq === asked.seq) this.#takeUp(kept.fields);
    this.#showUnsent();
  }

  #focus() {
    this.element.querySelector("h2")?.focus();
  }

  #toggle(button) {
    const form = this.#form;
    if (!form) return;
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("textarea")?.focus();
  }

  #changes(asked) {
    const field = (name, control, hint = "") => {
      control.id = `chair-${name}`;
      control.name = name;
      control.dir = "auto";
      const fault = h("p", { class: "fault", hidden: true });
      this.#fields.set(name, { control, fault, before: control.value });
      return h("div", { class: "field" }, h("label", { for: control.id }, LABELS[name]), control, hint && h("p", { class: "hint", id: `${control.id}-hint` }, hint), fault);
    };
    const isJudged = asked.critic_score !== null;
    return h("form", { id: "chair-form", hidden: true, novalidate: true, oninput: () => this.#keep(), onsubmit: (event) => { event.preventDefault(); this.#change(asked); } },
      field("feedback_history", h("textarea", { rows: 3 }), "They are added to the feedback for the next draft."),
      field("current_draft", h("textarea", { rows: 10, ".value": asked.current_draft })),
      field("input_topic", h("textarea", { rows: 2, ".value": this.model.topic })),
      isJudged && h("div", { class: "pair" },
        field("critic_score", h("input", { type: "number", min: 0, max: 10, step: 0.1, inputmode: "decimal", ".value": String(asked.critic_score) })),
        field("route_decision", h("select", {}, h("option", { value: "" }, "By the score"), h("option", { value: "approve" }, "Approve: the draft is good enough"), h("option", { value: "rework" }, "Rework: write another draft")))),
      h("div", { class: "actions end" }, h("button", { class: "main" }, icon("check"), "Save and continue")));
  }

  /** Sends the fields that were changed. */
  #change(asked) {
    const data = new FormData(/** @type {HTMLFormElement} */ (this.#form));
    const value = (name) => String(data.get(name) ?? "");
    /** @type {Record<string, unknown>} */
    const changes = {};
    if (value("feedback_history").trim()) changes.feedback_history = [value("feedback_history").trim()];
    if (value("current_draft") !== asked.current_draft) changes.current_draft = value("current_draft");
    if (value("input_topic") !== this.model.topic) changes.input_topic = value("input_topic");
    const score = value("critic_score").trim();
    if (data.has("critic_score") && score !== String(asked.critic_score)) changes.critic_score = score === "" ? null : Number(score);
    if (value("route_decision")) changes.route_decision = value("route_decision");
    if (!Object.keys(changes).length) return this.#complain("Nothing is changed. Change a field, or choose Continue.");
    return this.#answer({ action: "modify", modified_state: changes });
  }

  async #reject() {
    const isMeant = await confirmed({ title: "Stop this run?", text: "The run ends; its texts stay in the history. To ask for another draft, choose Edit instead and write a note.", yes: "Stop run" });
    if (isMeant) await this.#answer({ action: "reject" });
  }

  async #answer(answer) {
    const form = this.#form;
    const seq = this.#asked;
    // The event may arrive before the answer to this call.
    this.#own = { seq, isWhole: answer.modified_state !== undefined };
    this.#hadFocus = this.element.contains(document.activeElement);
    const controls = [...this.element.querySelectorAll("button")];
    controls.forEach((control) => { control.disabled = true; });
    this.#complain("");
    try {
      await call(`/api/councils/run/${encodeURIComponent(this.id)}/approve`, { method: "POST", body: { ...answer, seq }, once: true });
      this.#foreign = null;
      // What was typed and not sent stays.
      if (answer.modified_state) keepUnsent(this.id, seq, {});
      if (answer.modified_state?.input_topic !== undefined) this.model.topic = answer.modified_state.input_topic;
      announce("Answered. The run continues.");
      if (this.#form === form) this.#settle();
      this.answered();
    } catch (error) {
      this.#own = null;
      // The run may have paused again meanwhile.
      if (this.#form !== form) return;
      controls.forEach((control) => { control.disabled = false; });
      this.#hadFocus = false;
      // Another client has answered first; its answer follows in the events.
      if (error.status === 400) {
        this.#foreign = this.#pause;
        this.#settle();
        announce("Already answered.");
        this.show(this.model);
        this.answered();
      } else this.#complain(error.faults.length ? "Fix the marked fields." : error.message, error);
    }
  }

  /** Removes the question after it was answered. */
  #settle() {
    this.#hadFocus = false;
    this.#form = null;
    this.#rest();
    this.#focus();
  }

  /**
   * @param {string} text
   * @param {import("../lib/api.js").Fault} [fault] its faults are shown at their fields
   */
  #complain(text, fault) {
    this.error.hidden = !text;
    update(this.error, withCode(text));
    for (const [name, { control, fault: place }] of this.#fields) {
      const found = fault?.faults.find((one) => one.loc[2] === name);
      place.hidden = !found;
      write(place, found?.msg ?? "");
      if (found) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }
}
