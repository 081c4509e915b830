// @ts-check
// A text as HTML for other programs, and the copy of it as rich text.

import { h } from "../lib/dom.js";
import { markdown } from "./markdown.js";

/** The nodes of a text, with its own headings from `h1` on, and without what only this page needs. */
function plainNodes(text) {
  const host = h("div", {}, markdown(text));
  for (const heading of host.querySelectorAll("[class^=level-]")) {
    const level = /** @type {"h1"} */ (`h${heading.className.slice("level-".length)}`);
    heading.replaceWith(h(level, { dir: heading.getAttribute("dir") }, ...heading.childNodes));
  }
  for (const frame of host.querySelectorAll(".table")) frame.replaceWith(...frame.childNodes);
  for (const element of host.querySelectorAll("*")) {
    for (const name of ["class", "tabindex", "role", "aria-label", "target", "rel"]) element.removeAttribute(name);
  }
  return host;
}

/** A text as the content of an HTML document. */
export const htmlOf = (text) => [...plainNodes(text).children].map((node) => node.outerHTML).join("\n");

/**
 * Copies a text as rich text and as plain Markdown; returns whether the browser allowed it. It works over plain HTTP too, where
 * `navigator.clipboard` is missing.
 */
export function copyText(text) {
  let isCopied = false;
  const copy = (/** @type {ClipboardEvent} */ event) => {
    if (!event.clipboardData) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData.setData("text/plain", text);
    event.clipboardData.setData("text/html", htmlOf(text));
    isCopied = true;
  };
  document.addEventListener("copy", copy, { capture: true });
  document.execCommand("copy");
  document.removeEventListener("copy", copy, { capture: true });
  return isCopied;
}
