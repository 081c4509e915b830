// How the laid out graph becomes coordinates: places within layers, and the lines between them.

/** Gives each item its place over the direction: as near to its neighbours as order and distance allow. */
function align(layers, sizeAcross, gap) {
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
        const near = round < 20 ? (isDown ? item.before : item.after) : [...item.before, ...item.after];
        return near.length ? near.reduce((sum, one) => sum + one.over, 0) / near.length : item.over;
      });
      apart(layer, wanted, sizeAcross, gap);
    }
  }
}

/** Moves the items of a layer to where they want to be, least in all, and keeps their order and the gaps: pools of those that push each other. */
function apart(layer, wanted, sizeAcross, gap) {
  let at = 0;
  const offsets = layer.map((item, index) => {
    if (index) at += (sizeAcross(layer[index - 1]) + sizeAcross(item)) / 2 + gap;
    return at;
  });
  const pools = [];
  wanted.forEach((want, index) => {
    let pool = { sum: want - offsets[index], size: 1 };
    while (pools.length && pools.at(-1).sum / pools.at(-1).size > pool.sum / pool.size) {
      const before = pools.pop();
      pool = { sum: before.sum + pool.sum, size: before.size + pool.size };
    }
    pools.push(pool);
  });
  let index = 0;
  for (const pool of pools) {
    for (let left = pool.size; left; left--, index++) layer[index].over = pool.sum / pool.size + offsets[index];
  }
}

/** The line of an edge that leads on: its points as `[along, over]`, joined by curves that leave and arrive along the direction. */
function forward(from, to, chain) {
  const points = [[from.along + from.half, from.over], ...chain.map((bend) => [bend.along, bend.over]), [to.along - to.half - 7, to.over]];
  const curves = points.slice(1).map((point, index) => {
    const [along, over] = points[index];
    const middle = (along + point[0]) / 2;
    return [[middle, over], [middle, point[1]], point];
  });
  // The label is on the first stretch, where the edges of a node are apart already.
  const [start, next] = points;
  const share = chain.length ? 0.7 : 0.5;
  return { start, curves, label: [start[0] + (next[0] - start[0]) * share, start[1] + (next[1] - start[1]) * share] };
}

/** The lines of the edges that lead back: out of the side of a node, along a lane outside of everything, and into the side of the other. */
function around(links, boxes, drawn) {
  const backs = links.map((link, index) => ({ link, index })).filter(({ link }) => link.isBack);
  backs.sort((a, b) => reach(a.link, boxes) - reach(b.link, boxes));
  const lanes = [];
  for (const { link, index } of backs) {
    const [from, to] = [boxes[link.from], boxes[link.to]];
    const [low, high] = [Math.min(from.along - from.half, to.along - to.half), Math.max(from.along + from.half, to.along + to.half)];
    const passed = boxes.filter((box) => box.along + box.half >= low && box.along - box.half <= high);
    let lane = Math.max(...passed.map((box) => box.over + box.side)) + 38;
    while (lanes.some((other) => other.low < high && other.high > low && Math.abs(other.lane - lane) < 26)) lane += 26;
    lanes.push({ low, high, lane });
    const shift = link.from === link.to ? 24 : from.half / 3;
    const [leave, arrive] = [from.along + (link.from === link.to ? shift : -shift / 2), to.along + (link.from === link.to ? -shift : shift / 2)];
    const round = Math.min(22, Math.abs(leave - arrive) / 2);
    const turn = Math.sign(arrive - leave) || -1;
    drawn[index] = {
      start: [leave, from.over + from.side],
      curves: [
        [[leave, lane - round / 2], [leave, lane], [leave + turn * round, lane]],
        [[leave + turn * round, lane], [arrive - turn * round, lane], [arrive - turn * round, lane]],
        [[arrive, lane], [arrive, lane - round / 2], [arrive, to.over + to.side + 7]],
      ],
      label: [(leave + arrive) / 2, lane],
    };
  }
}

const reach = (link, boxes) => Math.abs(boxes[link.from].along - boxes[link.to].along);

/** Turns `along` and `over` into x and y, and moves everything into view. */
function arranged(nodes, edges, links, boxes, drawn, isDown) {
  const margin = 14;
  const all = drawn.flatMap((line) => [line.start, ...line.curves.flat()]);
  const spread = (values) => [Math.min(...values) - margin, Math.max(...values) + margin];
  const [alongMin, alongMax] = spread([0, ...boxes.flatMap((box) => [box.along - box.half, box.along + box.half]), ...all.map(([along]) => along)]);
  const [overMin, overMax] = spread([...(boxes.length ? [] : [0]), ...boxes.flatMap((box) => [box.over - box.side, box.over + box.side]), ...all.map(([, over]) => over)]);
  const at = ([along, over]) => (isDown ? [over - overMin, along - alongMin] : [along - alongMin, over - overMin]);
  const text = (point) => at(point).map((value) => Math.round(value * 10) / 10).join(" ");
  const [length, breadth] = [alongMax - alongMin, overMax - overMin];
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
      const [x, y] = at(line.label);
      const path = `M${text(line.start)}${line.curves.map((curve) => `C${curve.map(text).join(" ")}`).join("")}`;
      return { ...edges[link.index], path, label: { x, y, text: edges[link.index].label ?? "" }, isBack: link.isBack };
    }),
  };
}
