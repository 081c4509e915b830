// @ts-check
// Fields of the editor's forms. Each shows a value of the draft, and its fault.

import { h, write } from "../lib/dom.js";
import { update } from "../lib/update.js";
import { withCode } from "../lib/words.js";
import { agentIn, isConditional } from "./document.js";

/** The controls of one form. They are updated after each change of the draft. */
export class EditorForm {
  #syncs = [];

  /**
   * A field with its label. `read()` returns the value to show; `change(value)` is called with the new value.
   * @param {{
   *   label: string, hint?: string | (() => string), fault?: () => string?, seal?: () => void,
   *   control: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement, read: () => string, change: (value: string) => void,
   * }} parts
   */
  field({ label, hint, fault = () => null, control, read, change, seal }) {
    const id = `editor-${label.toLowerCase().replaceAll(" ", "-")}`;
    const message = h("p", { class: "fault", id: `${id}-fault`, hidden: true });
    const described = [hint && `${id}-hint`, `${id}-fault`].filter(Boolean).join(" ");
    control.id = id;
    control.setAttribute("aria-describedby", described);
    if (control.tagName !== "SELECT" && control.getAttribute("type") !== "number") control.dir = "auto";
    control.addEventListener(control.tagName === "SELECT" ? "change" : "input", () => change(control.value));
    control.addEventListener("change", () => seal?.());
    const said = hint && h("p", { class: "hint", id: `${id}-hint` });
    this.#syncs.push(() => {
      const value = read();
      if (control.value !== value) control.value = value;
      const wrong = fault();
      update(message, withCode(wrong ?? ""));
      message.hidden = !wrong;
      wrong ? control.setAttribute("aria-invalid", "true") : control.removeAttribute("aria-invalid");
      if (said) write(said, typeof hint === "function" ? hint() : hint);
    });
    return h("div", { class: "field" }, h("label", { for: id }, label), control, said, message);
  }

  /** A part whose children are updated in place when `read()` returns another value. `make()` builds them anew. */
  part(element, read, make) {
    let shown;
    this.#syncs.push(() => {
      const next = JSON.stringify(read());
      if (next === shown) return;
      shown = next;
      update(element, make());
    });
    return element;
  }

  /** Shows what the draft holds now. */
  sync() {
    for (const sync of this.#syncs) sync();
  }
}

/** A choice among `[value, words]`. */
export function selectOf(options, attributes = {}) {
  return h("select", attributes, optionsOf(options));
}

/** The options of a choice among `[value, words]`. */
export const optionsOf = (options) => options.map(([value, words]) => h("option", { value, "data-key": value }, words));

/** The choice of a condition. A condition that another program has written is kept. */
export function conditionOptions(condition = "") {
  const words = condition && !DECISIONS.includes(condition) ? [...DECISIONS, condition] : DECISIONS;
  return [["", "Always"], ...words.map((word) => [word, `On “${word}”`])];
}

/** Gives an edge the condition that was chosen. */
export function setCondition(edge, word) {
  edge.type = word ? "conditional" : "linear";
  if (word) edge.condition = word;
  else delete edge.condition;
}

/** An edge in words: its target and its condition. */
export function edgeInWords(edge, blueprint) {
  const name = (id) => agentIn(blueprint, id)?.label || id;
  return `${name(edge.source)} to ${name(edge.target)}${isConditional(edge) ? ` on “${edge.condition}”` : ""}`;
}

/** The decisions of a critic. */
const DECISIONS = ["approve", "rework"];
