// @ts-check
// Creating and changing elements. Text is set as text; nothing here takes HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Creates an element. Attributes such as `onclick` are listeners, those such as `.value` are properties, and `true` means an attribute
 * without a value. Attributes and children that are null or false are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes?} [attributes]
 * @param {...any} children
 */
export function h(tag, attributes, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/**
 * Creates an SVG element in the same way.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes?} [attributes]
 * @param {...any} children
 */
export function s(tag, attributes, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} element
 */
function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) listenersOf(element).set(name.slice(2), value);
    else if (name.startsWith(".")) element[name.slice(1)] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/** The listeners of an element, which another element can take over. */
class Listeners {
  /** @type {Map<string, (event: Event) => void>} */
  #byEvent = new Map();

  /** @param {Element} element */
  constructor(element) {
    this.element = element;
  }

  set(event, listener) {
    if (!this.#byEvent.has(event)) this.element.addEventListener(event, (now) => this.#byEvent.get(event)?.(now));
    this.#byEvent.set(event, listener);
  }

  /** Takes over the listeners of another element. @param {Listeners} other */
  take(other) {
    for (const [event, listener] of other.#byEvent) this.set(event, listener);
  }
}

/** @type {WeakMap<Element, Listeners>} */
const LISTENERS = new WeakMap();

/**
 * @param {Element} element
 * @returns {Listeners}
 */
export function listenersOf(element) {
  const listeners = LISTENERS.get(element) ?? new Listeners(element);
  LISTENERS.set(element, listeners);
  return listeners;
}

/**
 * Replaces the children of an element.
 * @template {Element} E
 * @param {E} element
 */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** The children that are not left out. */
export function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/**
 * Sets the text of an element or of a text node if it differs. What is unchanged at its beginning keeps its selection; a text that is
 * unchanged is not read aloud again.
 * @template {Node} N
 * @param {N} node
 */
export function write(node, text) {
  text = String(text);
  const before = node.textContent ?? "";
  if (before === text) return node;
  const part = node.childNodes.length === 1 ? node.firstChild : node;
  if (!(part instanceof Text)) node.textContent = text;
  else {
    let same = 0;
    while (same < before.length && before[same] === text[same]) same += 1;
    part.replaceData(same, before.length - same, text.slice(same));
  }
  return node;
}

/** An icon of 20 by 20, by name. It is hidden from screen readers: the words beside it say the same. */
export function icon(name) {
  return s("svg", { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true" }, s("path", { d: ICONS[name] }));
}

const ICONS = {
  play: "M6.5 4.5v11l9-5.5z",
  pause: "M7 4.5v11M13 4.5v11",
  stop: "M5.5 5.5h9v9h-9z",
  check: "M4 10.5l4 4 8-9",
  cross: "M5 5l10 10M15 5L5 15",
  pen: "M4 16l1-4 8.5-8.5 3 3L8 15zM12 5l3 3",
  plus: "M10 4v12M4 10h12",
  copy: "M7 7h9v9H7zM4 13V4h9",
  down: "M10 4v11M5 10.5l5 5 5-5",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.8v2M10 16.2v2M1.8 10h2M16.2 10h2M4.2 4.2l1.4 1.4M14.4 14.4l1.4 1.4M4.2 15.8l1.4-1.4M14.4 5.6l1.4-1.4",
  moon: "M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z",
  auto: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
  back: "M12.5 4.5L7 10l5.5 5.5",
  next: "M7.5 4.5L13 10l-5.5 5.5",
  skip: "M5 4.5v11l7-5.5zM15 4.5v11",
  again: "M15.5 10a5.5 5.5 0 1 1-1.6-3.9L16 8M16 4v4h-4",
  chair: "M6.5 10V4.5a1.5 1.5 0 0 1 1.5-1.5h4a1.5 1.5 0 0 1 1.5 1.5V10M4.5 10h11v3h-11zM6 13v4M14 13v4",
  undo: "M8 4L4 8l4 4M4 8h8a4 4 0 0 1 0 8H9",
  redo: "M12 4l4 4-4 4M16 8H8a4 4 0 0 0 0 8h3",
  minus: "M4 10h12",
  fit: "M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4",
  tidy: "M3 4h5v4H3zM12 4h5v4h-5zM3 12h5v4H3zM12 12h5v4h-5zM8 6h4M8 14h4",
  wand: "M4 16L13 7M14 3v3M12.5 4.5h3M16.5 8.5v2M15.5 9.5h2",
};

/** The element of `index.html` with this id. */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Tells screen readers what has happened. */
export function announce(text) {
  const live = byId("live");
  // The marks of code are not to be read.
  text = text.replaceAll("`", "");
  // An unchanged text would not be read again.
  live.textContent = live.textContent === text ? `${text}\u00a0` : text;
}

/** Asks for a confirmation in a dialog; resolves to whether it was given. */
export function confirmed({ title, text, yes, no = "Cancel", grave = true }) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "dialog-title" }, title),
        h("p", {}, text),
        h("div", { class: "actions end" },
          h("button", { class: "plain", value: "no" }, no),
          h("button", { class: grave ? "grave" : "main", value: "yes" }, yes))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export const hasCalmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
