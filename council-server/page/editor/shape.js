// @ts-check
// The lines between agents on the canvas.

import { layoutGraph } from "../graph/layout.js";
import { SHAPE } from "../graph/shapes.js";

/** The size of a card, in the coordinates of the blueprint. */
export const CARD = { width: 208, height: 76 };

/** The line from one card to another: its path and the place of its label. `lane` separates lines between the same cards. */
export function edgeShape(source, target, lane = 0) {
  const [a, b] = [box(source), box(target)];
  if (source === target) return selfLoop(a, lane);
  if (b.left - a.right >= -20) return bent(point(a.right, a.middle), point(b.left, b.middle), "across", lane);
  if (Math.abs(b.centre - a.centre) < CARD.width * 0.7) {
    const isBelow = b.middle > a.middle;
    const shift = (isBelow ? 24 : -24) + lane * 20;
    const from = point(a.centre + shift, isBelow ? a.bottom : a.top);
    return bent(from, point(b.centre + shift, isBelow ? b.top : b.bottom), "along", 0);
  }
  return aroundCards(a, b, lane);
}

/** The line to the pointer while a connection is dragged. */
export function looseShape(source, at) {
  const a = box(source);
  return bent(point(a.right, a.middle), at, "across", 0).path;
}

/** The rectangle around all cards. */
export function extentOf(nodes) {
  const xs = nodes.map((node) => node.position.x);
  const ys = nodes.map((node) => node.position.y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) + CARD.width - left, height: Math.max(...ys) + CARD.height - top };
}

/** Places the agents of a blueprint in layers. */
export function arrange({ nodes, edges }) {
  const laid = layoutGraph({ nodes, edges });
  nodes.forEach((node, index) => {
    const { x, y } = laid.nodes[index];
    node.position = { x: onGrid((x * CARD.width) / SHAPE.width), y: onGrid((y * CARD.height) / SHAPE.height) };
  });
}

/** The place beside an agent, or below it, that no card covers; without an agent, the place of the first one. */
export function freePlace({ nodes }, near, side = "beside") {
  if (!near) return { x: 40, y: 60 };
  const place = { x: onGrid(near.position.x + (side === "beside" ? CARD.width + 72 : 32)), y: onGrid(near.position.y + (side === "beside" ? 0 : CARD.height + 20)) };
  const covers = ({ position: { x, y } }) => Math.abs(x - place.x) < CARD.width + 8 && Math.abs(y - place.y) < CARD.height + 16;
  while (nodes.some(covers)) place.y += 24;
  return place;
}

export const onGrid = (length) => Math.round(length / 8) * 8;

/** The line around the cards: above them if the target is lower, otherwise below. */
function aroundCards(a, b, lane) {
  const isOver = a.middle < b.middle - 1;
  const away = 44 + Math.abs(a.centre - b.centre) * 0.12 + lane * 26;
  const [from, to] = isOver ? [point(a.centre, a.top), point(b.centre, b.top)] : [point(a.centre, a.bottom), point(b.centre, b.bottom)];
  const height = isOver ? Math.min(from.y, to.y) - away : Math.max(from.y, to.y) + away;
  return bezier(from, point(from.x, height), point(to.x, height), to);
}

function selfLoop(a, lane) {
  const reach = 52 + lane * 20;
  return bezier(point(a.right - 64, a.top), point(a.right - 64, a.top - reach), point(a.right, a.top - reach), point(a.right - 20, a.top));
}

function bent(from, to, way, lane) {
  const aside = lane * 30;
  if (way === "across") {
    const reach = Math.max(28, Math.abs(to.x - from.x) / 2);
    return bezier(from, point(from.x + reach, from.y + aside), point(to.x - reach, to.y + aside), to);
  }
  const reach = (to.y - from.y) / 2;
  return bezier(from, point(from.x, from.y + reach), point(to.x, to.y - reach), to);
}

function bezier(p, q, r, s) {
  const middle = (axis) => (p[axis] + 3 * q[axis] + 3 * r[axis] + s[axis]) / 8;
  return { path: `M${p.x},${p.y} C${q.x},${q.y} ${r.x},${r.y} ${s.x},${s.y}`, label: point(middle("x"), middle("y")) };
}

function point(x, y) {
  return { x, y };
}

function box({ position: { x, y } }) {
  return {
    left: x,
    top: y,
    right: x + CARD.width,
    bottom: y + CARD.height,
    centre: x + CARD.width / 2,
    middle: y + CARD.height / 2,
  };
}
