// @ts-check
// The layout of a graph in layers. Edges lead to later layers; back edges run around the outside.

import { align, around, arranged, forward } from "./lines.js";
import { labelWidth, SHAPE, sizeOf } from "./shapes.js";

/**
 * Lays out `{nodes: [{id, kind}], edges: [{source, target}]}`.
 * Returns `{width, height, nodes: [{id, x, y, width, height}], edges: [{source, target, path, label: {x, y}, isBack}]}`, all in the order given;
 * x and y are centres. Edges without a source or a target are left out.
 */
export function layoutGraph({ nodes, edges }, direction = "right") {
  const isDown = direction === "down";
  const place = new Map(nodes.map((node, index) => [node.id, index]));
  const links = edges.flatMap((edge, index) => {
    const [from, to] = [place.get(edge.source), place.get(edge.target)];
    return from === undefined || to === undefined ? [] : [{ index, from, to, isBack: false }];
  });
  markBack(nodes.length, links);
  const ranks = rank(nodes, links);
  const { layers, chains } = layered(nodes, links, ranks);
  order(layers);
  const across = (item) => (item.node === undefined ? 8 : sizeOf(nodes[item.node], isDown ? "width" : "height"));
  align(layers, across, isDown ? SHAPE.between : SHAPE.between + 6);
  // From layers to coordinates: `along` the direction, and `over` (across) it.
  const deep = isDown ? "height" : "width";
  const longest = Math.max(0, ...links.filter((link) => !link.isBack && edges[link.index].label).map((link) => labelWidth(edges[link.index])));
  const gap = isDown ? SHAPE.layer.down : Math.max(SHAPE.layer.right, longest + 24);
  let along = 0;
  for (const layer of layers) {
    const depth = Math.max(...layer.map((item) => (item.node === undefined ? 0 : sizeOf(nodes[item.node], deep))));
    for (const item of layer) [item.along, item.depth] = [along + depth / 2, depth];
    along += depth + gap;
  }
  const items = layers.flat();
  const boxes = nodes.map((node, index) => {
    const item = /** @type {Item} */ (items.find((one) => one.node === index));
    return { along: item.along, over: item.over, depth: item.depth, half: sizeOf(node, deep) / 2, side: sizeOf(node, isDown ? "width" : "height") / 2 };
  });
  const drawn = links.map((link) => (link.isBack ? null : forward(boxes[link.from], boxes[link.to], chains.get(link))));
  around(links, boxes, drawn, isDown);
  return arranged(nodes, edges, links, boxes, drawn, isDown);
}

/**
 * Marks the back edges: edges of a cycle whose target is not farther from the start than their source. The other edges have no cycle,
 * because each leads farther away.
 */
function markBack(size, links) {
  const leaving = Array.from({ length: size }, () => /** @type {number[]} */ ([]));
  for (const link of links) leaving[link.from].push(link.to);
  const reached = Array.from({ length: size }, (_, from) => distances(leaving, [from]));
  const arrived = new Set(links.filter((link) => link.from !== link.to).map((link) => link.to));
  const roots = [...Array(size).keys()].filter((node) => !arrived.has(node));
  const far = distances(leaving, roots.length ? roots : [0]);
  for (const link of links) {
    const { from, to } = link;
    const isCycle = reached[to][from] !== Infinity;
    link.isBack = isCycle && (far[to] < far[from] || (far[to] === far[from] && to <= from));
  }
}

/** The number of edges from the nearest root to each node. */
function distances(leaving, roots) {
  const far = new Array(leaving.length).fill(Infinity);
  let edge = roots;
  for (const root of roots) far[root] = 0;
  for (let distance = 1; edge.length; distance++) {
    edge = [...new Set(edge.flatMap((node) => leaving[node]))].filter((node) => far[node] === Infinity);
    for (const node of edge) far[node] = distance;
  }
  return far;
}

/** The length of the longest path to each node; ends are in the last layer. */
function rank(nodes, links) {
  const ranks = new Array(nodes.length).fill(0);
  const forwards = links.filter((link) => !link.isBack);
  for (let changed = true, rounds = 0; changed && rounds <= nodes.length; rounds++) {
    changed = false;
    for (const { from, to } of forwards) {
      if (ranks[to] <= ranks[from]) {
        ranks[to] = ranks[from] + 1;
        changed = true;
      }
    }
  }
  const last = Math.max(0, ...ranks);
  return ranks.map((rank, index) => (nodes[index].kind === "end" ? last : rank));
}

/**
 * A node in its layer, or a bend where an edge passes a layer. It knows its neighbours in the layers before and after.
 * @typedef {{node?: number, before: Item[], after: Item[], over: number, along: number, depth?: number, index?: number}} Item
 */

/** The layers of a graph, and the bends of each edge. */
function layered(nodes, links, ranks) {
  const layers = Array.from({ length: Math.max(0, ...ranks) + 1 }, () => /** @type {Item[]} */ ([]));
  const itemOf = nodes.map((_, index) => {
    /** @type {Item} */
    const item = { node: index, before: [], after: [], over: 0, along: 0 };
    layers[ranks[index]].push(item);
    return item;
  });
  const chains = new Map();
  for (const link of links) {
    if (link.isBack) continue;
    let last = itemOf[link.from];
    /** @type {Item[]} */
    const chain = [];
    for (let layer = ranks[link.from] + 1; layer <= ranks[link.to]; layer++) {
      /** @type {Item} */
      const item = layer === ranks[link.to] ? itemOf[link.to] : { before: [], after: [], over: 0, along: 0 };
      if (item.node === undefined) {
        layers[layer].push(item);
        chain.push(item);
      }
      last.after.push(item);
      item.before.push(last);
      last = item;
    }
    chains.set(link, chain);
  }
  return { layers: layers.filter((layer) => layer.length), chains };
}

/** Orders each layer by the average place of its neighbours, forwards and backwards, and keeps the order with the fewest crossings. */
function order(layers) {
  const number = () => layers.forEach((layer) => layer.forEach((item, index) => { item.index = index; }));
  number();
  let best = { crossings: crossings(layers), layers: layers.map((layer) => [...layer]) };
  for (let round = 0; round < 12 && best.crossings > 0; round++) {
    const isDown = round % 2 === 0;
    for (const layer of isDown ? layers.slice(1) : layers.slice(0, -1).reverse()) {
      const middle = new Map(layer.map((item) => {
        const near = isDown ? item.before : item.after;
        return [item, near.length ? near.reduce((sum, one) => sum + one.index, 0) / near.length : item.index];
      }));
      layer.sort((a, b) => middle.get(a) - middle.get(b));
      layer.forEach((item, index) => { item.index = index; });
    }
    const found = crossings(layers);
    if (found < best.crossings) best = { crossings: found, layers: layers.map((layer) => [...layer]) };
  }
  layers.forEach((layer, index) => layer.splice(0, layer.length, ...best.layers[index]));
  number();
}

function crossings(layers) {
  let found = 0;
  for (const layer of layers) {
    const pairs = layer.flatMap((item) => item.after.map((next) => [item.index, next.index]));
    for (let a = 0; a < pairs.length; a++) {
      for (let b = a + 1; b < pairs.length; b++) {
        if ((pairs[a][0] - pairs[b][0]) * (pairs[a][1] - pairs[b][1]) < 0) found++;
      }
    }
  }
  return found;
}
