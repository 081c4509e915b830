// @ts-check
// The drawing of a graph, with the path of a run in it: running and finished agents, and taken edges.

import { hasCalmMotion, s, write } from "../lib/dom.js";
import { nodeName } from "../lib/words.js";
import { layoutGraph } from "./layout.js";
import { isSmall, isTerminal, SHAPE } from "./shapes.js";

/**
 * Draws a graph. `showRun(path)` shows a run in it, `spark(keys)` lets a light run along edges.
 * @param {Graph} graph
 * @param {{direction?: Direction, title?: string}} [how]
 */
function drawGraph(graph, { direction, title = "Graph of the council" } = {}) {
  const laid = layoutGraph(graph, direction);
  const edges = laid.edges.map(drawEdge);
  const nodes = laid.nodes.map(drawNode);
  const element = s("svg", {
    class: "graph", viewBox: `0 0 ${laid.width} ${laid.height}`, width: laid.width, height: laid.height, role: "img", "aria-label": `${title}: ${inWords(graph)}`,
  }, ARROWS.map(arrow), edges.map((edge) => edge.element), nodes.map((node) => node.element), edges.map((edge) => edge.label));
  return {
    element,
    width: laid.width,
    height: laid.height,
    showRun(path) {
      for (const node of nodes) node.show(path);
      for (const edge of edges) edge.show(path);
    },
    spark(keys) {
      if (!hasCalmMotion()) edges.filter((edge) => keys.includes(edge.key)).forEach((edge) => edge.spark());
    },
  };
}

/** Draws a graph in the direction in which it fits better into a space; `fit` is its scale. */
export function drawFitting(graph, width, height, title) {
  const drawings = /** @type {Direction[]} */ (["right", "down"]).map((direction) => {
    const drawing = drawGraph(graph, { direction, title });
    return { ...drawing, fit: Math.min(1, width / drawing.width, height / drawing.height) };
  });
  const [right, down] = drawings;
  const best = right.fit >= down.fit * 0.92 ? right : down;
  // A smaller drawing cannot be read: then it is wider than its frame, which scrolls.
  const scale = Math.max(best.fit, 0.62);
  best.element.setAttribute("width", String(best.width * scale));
  best.element.setAttribute("height", String(best.height * scale));
  return best;
}

/** The key of an edge in a path. */
export const edgeKey = (source, target) => `${source}\u0000${target}`;

function inWords({ nodes, edges }) {
  const name = (id) => nodes.find((node) => node.id === id)?.label || id;
  return edges.map((edge) => `${name(edge.source)} to ${name(edge.target)}${edge.label ? ` if ${edge.label}` : ""}`).join(", ");
}

function drawNode(node) {
  const place = { class: `node ${node.kind}${node.role === "critic" ? " critic" : ""}`, transform: `translate(${node.x} ${node.y})` };
  if (isTerminal(node)) {
    const word = node.kind === "start" ? "Start" : "End";
    const element = s("g", place, s("title", {}, word), s("circle", { class: "shape", r: 11 }), node.kind === "end" && s("circle", { class: "inner", r: 5 }));
    return { element, show: (path) => element.classList.toggle("done", node.kind === "start" ? path.isBegun : path.isComplete) };
  }
  if (isSmall(node)) {
    const element = s("g", place, s("title", {}, node.label), s("path", { class: "shape", d: "M0-12 12 0 0 12-12 0z" }));
    return { element, show: () => {} };
  }
  const { width, height } = SHAPE;
  const box = (grow) => ({ x: -width / 2 - grow, y: -height / 2 - grow, width: width + 2 * grow, height: height + 2 * grow, rx: 14 + grow });
  const name = nodeName(node);
  // On the upper edge, so that it does not cover the name.
  const words = s("text", { x: -9, y: 4, "text-anchor": "end" });
  const back = s("rect", { y: -10, height: 20, rx: 10 });
  const mark = s("g", { class: "mark", transform: `translate(${width / 2 - 12} ${-height / 2})`, hidden: true }, back, words);
  const element = s("g", place,
    s("title", {}, [name, node.model && `model: ${node.model}`, node.role === "critic" && "role: critic"].filter(Boolean).join("\n")),
    s("rect", { class: "halo", ...box(5) }),
    s("rect", { class: "shape", ...box(0) }),
    node.role === "critic" && s("rect", { class: "inner", ...box(-4) }),
    s("text", { class: "name", x: -width / 2 + 16, y: node.model ? -3 : 5 }, fitted(name, width - 30, "600 15px system-ui, sans-serif")),
    node.model && s("text", { class: "model", x: -width / 2 + 16, y: 16 }, fitted(node.model, width - 30, "12px system-ui, sans-serif")),
    mark);
  return {
    element,
    show(path) {
      const visits = path.visits.get(node.id) ?? 0;
      element.classList.toggle("active", path.active.has(node.id));
      element.classList.toggle("next", path.next.has(node.id));
      element.classList.toggle("done", visits > 0);
      const attempt = path.failed?.node === node.id ? path.failed.attempt : null;
      element.classList.toggle("failed", attempt !== null);
      const text = attempt !== null ? failure(attempt) : visits > 1 ? `✓ ${visits}×` : "✓";
      write(words, text);
      mark.toggleAttribute("hidden", !visits && attempt === null);
      back.setAttribute("x", String(-textWidth(text) - 10));
      back.setAttribute("width", String(textWidth(text) + 10));
    },
  };
}

/** That an agent has failed, and at which attempt if it was not the first. */
export const failure = (attempt) => (attempt > 1 ? `failed, attempt ${attempt}` : "failed");

/** The estimated width of a text: a browser can only measure what it has drawn. */
const textWidth = (text) => text.length * 7.2 + 8;

/** A text that is shortened to a width in pixels, in a font of the drawing. */
function fitted(text, width, font) {
  PEN.font = font;
  if (PEN.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && PEN.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

const PEN = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

export const cut = (text, limit) => (text.length > limit ? `${text.slice(0, limit - 1)}…` : text);

function drawEdge(edge) {
  const key = edgeKey(edge.source, edge.target);
  const line = s("path", { class: "line", d: edge.path, "marker-end": "url(#arrow)" });
  const light = s("path", { class: "light", d: edge.path, pathLength: 100 });
  const element = s("g", { class: `edge ${edge.kind ?? ""}` }, line, light);
  const words = s("text", { y: 4, "text-anchor": "middle" });
  const back = s("rect", { y: -9, height: 18, rx: 5 });
  const label = s("g", { class: "edge-label", transform: `translate(${edge.label.x} ${edge.label.y})` }, back, words);
  const say = (text) => {
    write(words, text);
    label.toggleAttribute("hidden", !text);
    const width = textWidth(text);
    back.setAttribute("x", String(-width / 2));
    back.setAttribute("width", String(width));
  };
  say(cut(edge.label.text, 18));
  return {
    key, element, label,
    show(path) {
      const taken = path.taken.get(key) ?? 0;
      element.classList.toggle("taken", taken > 0);
      label.classList.toggle("taken", taken > 0);
      line.setAttribute("marker-end", taken ? "url(#arrow-taken)" : "url(#arrow)");
      const times = taken > 1 || (taken && edge.label.text) ? `${taken}×` : "";
      say([cut(edge.label.text, 18), times].filter(Boolean).join(" · "));
    },
    spark: () => light.animate([{ strokeDashoffset: 112, opacity: 1 }, { strokeDashoffset: 0, opacity: 1 }], { duration: 900, easing: "ease-in-out" }),
  };
}

const ARROWS = ["arrow", "arrow-taken"];

function arrow(id) {
  return s("marker", { id, class: id, viewBox: "0 0 8 8", refX: 1, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" }, s("path", { d: "M0 0 8 4 0 8z" }));
}
