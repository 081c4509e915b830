// @ts-check
// The coordinates of a layout: places within layers, and the lines of edges.

import { labelWidth, sizeOf } from "./shapes.js";

/** Places each item across the direction, as near to its neighbours as order and gaps allow. */
export function align(layers, sizeAcross, gap) {
  for (const layer of layers) {
    let at = 0;
    for (const item of layer) {
      item.over = at + sizeAcross(item) / 2;
      at += sizeAcross(item) + gap;
    }
    for (const item of layer) item.over -= at / 2;
  }
  for (let round = 0; round < 24; round++) {
    const isDown = round % 2 === 0;
    for (const layer of isDown ? layers : [...layers].reverse()) {
      const wanted = layer.map((item) => {
        const all = round < 20 ? (isDown ? item.before : item.after) : [...item.before, ...item.after];
        // Nodes are aligned with nodes; bends of passing edges make way.
        const nodes = all.filter((one) => one.node !== undefined);
        const near = item.node !== undefined && nodes.length ? nodes : all;
        return near.length ? near.reduce((sum, one) => sum + one.over, 0) / near.length : item.over;
      });
      apart(layer, wanted, sizeAcross, gap);
    }
  }
}

/** Moves the items of a layer to their wanted places with the least total shift, keeping order and gaps (pool adjacent violators). */
function apart(layer, wanted, sizeAcross, gap) {
  let at = 0;
  const offsets = layer.map((item, index) => {
    if (index) at += (sizeAcross(layer[index - 1]) + sizeAcross(item)) / 2 + gap;
    return at;
  });
  const pools = [];
  wanted.forEach((want, index) => {
    const weight = layer[index].node === undefined ? 1 : 400;
    let pool = { sum: (want - offsets[index]) * weight, weight, size: 1 };
    while (pools.length && pools.at(-1).sum / pools.at(-1).weight > pool.sum / pool.weight) {
      const before = pools.pop();
      pool = { sum: before.sum + pool.sum, weight: before.weight + pool.weight, size: before.size + pool.size };
    }
    pools.push(pool);
  });
  let index = 0;
  for (const pool of pools) {
    for (let left = pool.size; left; left--, index++) layer[index].over = pool.sum / pool.weight + offsets[index];
  }
}

/**
 * The line of a forward edge: curves that start and end along the direction, and straight lines through the layers between. Points
 * are `[along, over]`.
 */
export function forward(from, to, chain) {
  const passed = chain.flatMap((bend) => [[bend.along - bend.depth / 2, bend.over], [bend.along + bend.depth / 2, bend.over]]);
  const points = [[from.along + from.half, from.over], ...passed, [to.along - to.half - 7, to.over]];
  const curves = points.slice(1).map((point, index) => {
    const [along, over] = points[index];
    const middle = (along + point[0]) / 2;
    return [[middle, over], [middle, point[1]], point];
  });
  // The label is on the first curve, where the edges of a node are apart.
  const [start, next] = points;
  return { start, curves, label: [(start[0] + next[0]) / 2, (start[1] + next[1]) / 2] };
}

/** The lines of back edges: from a node to a lane outside of the nodes between, along it, and to the other node. */
export function around(links, boxes, drawn, isDown) {
  const backs = links.map((link, index) => ({ link, index })).filter(({ link }) => link.isBack);
  backs.sort((a, b) => reach(a.link, boxes) - reach(b.link, boxes));
  // In a drawing that goes down, labels lie across the lanes.
  const apart = isDown ? 58 : 26;
  const lanes = [];
  for (const { link, index } of backs) {
    const [from, to] = [boxes[link.from], boxes[link.to]];
    const isLoop = from === to;
    const leave = port(from, boxes, isLoop ? from.half / 2 : -from.half / 6, 1);
    const arrive = port(to, boxes, isLoop ? -to.half / 2 : to.half / 6, -1);
    const [low, high] = [Math.min(leave.along, arrive.along) - 12, Math.max(leave.along, arrive.along) + 12];
    const passed = boxes.filter((box) => box.along + box.half >= low && box.along - box.half <= high);
    let lane = Math.max(...passed.map((box) => box.over + box.side)) + 38;
    while (lanes.some((other) => other.low < high && other.high > low && Math.abs(other.lane - lane) < apart)) lane += apart;
    lanes.push({ low, high, lane });
    const round = Math.min(22, Math.abs(leave.along - arrive.along) / 2);
    const turn = Math.sign(arrive.along - leave.along) || -1;
    const [first, last] = [leave.along + turn * round, arrive.along - turn * round];
    drawn[index] = {
      start: leave.start,
      curves: [
        ...leave.curves,
        [[leave.along, lane - round / 2], [leave.along, lane], [first, lane]],
        [[first, lane], [last, lane], [last, lane]],
        [[arrive.along, lane], [arrive.along, lane - round / 2], arrive.enter],
        ...arrive.curves,
      ],
      label: [(leave.along + arrive.along) / 2, lane],
    };
  }
}

/**
 * The point where the line of a back edge leaves a node (side 1) or arrives at it (side -1): the middle of its near side. If another
 * node of the layer is between it and the lane, it is the end of the node, and the line goes through the gap between the layers.
 */
function port(box, boxes, shift, side) {
  const isHidden = boxes.some((other) => other !== box && Math.abs(other.along - box.along) < other.half && other.over > box.over);
  const edge = box.over + box.side;
  if (!isHidden) return { along: box.along + shift, start: [box.along + shift, edge], curves: [], enter: [box.along + shift, edge + 7] };
  const end = box.along + side * box.half;
  const along = box.along + side * (box.depth / 2 + 26);
  const corner = [along, box.over + 24];
  return side === 1
    ? { along, start: [end, box.over], curves: [[[along, box.over], [along, box.over], corner]] }
    : { along, enter: corner, curves: [[[along, box.over], [along, box.over], [end - 7, box.over]]] };
}

const reach = (link, boxes) => Math.abs(boxes[link.from].along - boxes[link.to].along);

/** Turns `along` and `over` into x and y, and moves everything into view. */
export function arranged(nodes, edges, links, boxes, drawn, isDown) {
  const margin = 14;
  const all = drawn.flatMap((line, index) => {
    const [along, over] = line.label;
    const half = labelWidth(edges[links[index].index]) / 2;
    const ends = [-half, half].map((shift) => (isDown ? [along, over + shift] : [along + shift, over]));
    return [line.start, ...line.curves.flat(), ...ends];
  });
  const spread = (values) => [Math.min(...values) - margin, Math.max(...values) + margin];
  const [alongMin, alongMax] = spread([0, ...boxes.flatMap((box) => [box.along - box.half, box.along + box.half]), ...all.map(([along]) => along)]);
  const [overMin, overMax] = spread([...(boxes.length ? [] : [0]), ...boxes.flatMap((box) => [box.over - box.side, box.over + box.side]), ...all.map(([, over]) => over)]);
  const at = ([along, over]) => (isDown ? [over - overMin, along - alongMin] : [along - alongMin, over - overMin]);
  const text = (point) => at(point).map((value) => Math.round(value * 10) / 10).join(" ");
  const [length, breadth] = [alongMax - alongMin, overMax - overMin];
  const labels = placed(links.map((link, index) => ({ at: at(drawn[index].label), width: labelWidth(edges[link.index]), isShown: Boolean(edges[link.index].label) })));
  return {
    width: isDown ? breadth : length,
    height: isDown ? length : breadth,
    isDown,
    nodes: nodes.map((node, index) => {
      const [x, y] = at([boxes[index].along, boxes[index].over]);
      return { ...node, x, y, width: sizeOf(node, "width"), height: sizeOf(node, "height") };
    }),
    edges: links.map((link, index) => {
      const line = drawn[index];
      const [x, y] = labels[index];
      const path = `M${text(line.start)}${line.curves.map((curve) => `C${curve.map(text).join(" ")}`).join("")}`;
      return { ...edges[link.index], path, label: { x, y, text: edges[link.index].label ?? "" }, isBack: link.isBack };
    }),
  };
}

/** Moves labels that overlap up or down. */
function placed(labels) {
  const taken = [];
  return labels.map(({ at: [x, y], width, isShown }) => {
    if (!isShown) return [x, y];
    const isFree = (top) => taken.every((other) => Math.abs(other.x - x) * 2 > other.width + width || Math.abs(other.y - top) >= 18);
    const top = [0, -18, 18, -36, 36].map((shift) => y + shift).find(isFree) ?? y;
    taken.push({ x, y: top, width });
    return [x, top];
  });
}
