// @ts-check
// The sizes of nodes and labels in a drawing.

/** Sizes in the units of the drawing. `down` draws from top to bottom, `right` from left to right. */
export const SHAPE = { width: 176, height: 60, end: 26, between: 34, layer: { right: 84, down: 62 } };

export const isTerminal = (node) => node.kind === "start" || node.kind === "end";
export const isSmall = (node) => isTerminal(node) || node.kind === "join" || node.kind === "guard";
export const sizeOf = (node, side) => (isSmall(node) ? SHAPE.end : SHAPE[side]);

/** The width of the label of an edge, with room for its count. */
export const labelWidth = (edge) => (edge.label ? Math.min(edge.label.length, 18) * 7 + 46 : 30);
