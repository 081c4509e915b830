// @ts-check
// Updating elements in place, so that the focus, a selection of text and the press of a key stay on them.

import { listenersOf, present, write } from "./dom.js";

/**
 * Makes the children of an element equal to new ones. A child that is there already is changed instead of replaced, if it has the same
 * tag and the same `data-key`; without keys, the order decides. Nothing else may refer to the new children, because their listeners
 * move to the children that stay.
 * @template {Element} E
 * @param {E} element
 */
export function update(element, ...children) {
  align(element, present(children).map((child) => (child instanceof Node ? child : document.createTextNode(child))));
  return element;
}

/**
 * Makes a node equal to a new one with the same tag.
 * @param {Node} node
 * @param {Node} wanted
 */
export function change(node, wanted) {
  if (!(node instanceof Element && wanted instanceof Element)) return write(node, wanted.textContent);
  for (const { name } of [...node.attributes]) if (!wanted.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  listenersOf(node).take(listenersOf(wanted));
  align(node, [...wanted.childNodes]);
}

/** Whether a node can become the other one. */
export const isAlike = (node, wanted) => node.nodeName === wanted.nodeName && node.dataset?.key === wanted.dataset?.key;

/**
 * @param {Element} parent
 * @param {Node[]} wanted
 */
function align(parent, wanted) {
  const others = [...parent.childNodes];
  const pairs = wanted.map((child) => {
    const place = others.findIndex((other) => isAlike(other, child));
    return { child, found: place < 0 ? null : others.splice(place, 1)[0] };
  });
  for (const other of others) other.remove();
  let next = parent.firstChild;
  for (const { child, found } of pairs) {
    if (found === null) parent.insertBefore(child, next);
    else {
      // A node that is moved loses the focus, so one that is in its place stays there.
      if (found === next) next = next.nextSibling;
      else parent.insertBefore(found, next);
      change(found, child);
    }
  }
}
