// @ts-check
// A menu behind a button. Escape closes it, and so does a focus that leaves it.

import { h } from "./dom.js";

/**
 * A menu of actions: `[words, act, kind]`, of which `kind` is the class of the button.
 * @param {any} label what the button shows
 * @param {[words: string, act: () => void, kind?: string][]} items
 * @param {Attributes} [attributes] of the button
 */
export function menu(label, items, attributes = {}) {
  const close = () => {
    element.open = false;
    summary.focus();
  };
  const summary = h("summary", { class: "button plain", ...attributes }, label);
  const element = h("details", {
    class: "menu", onkeydown: (event) => {
      if (event.key !== "Escape" || !element.open) return;
      event.preventDefault();
      close();
    }, onfocusout: (event) => {
      if (event.relatedTarget && !element.contains(event.relatedTarget)) element.open = false;
    },
  },
    summary,
    h("div", { class: "card" }, items.map(([words, act, kind = "quiet"]) => h("button", {
      class: kind, type: "button", onclick: () => {
        close();
        act();
      },
    }, words))));
  return element;
}
