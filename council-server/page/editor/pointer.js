// @ts-check
// Input on the canvas by pointer and keys: select, move, connect and pan.

import { announce } from "../lib/dom.js";
import { agentIn } from "./document.js";
import { onGrid } from "./shape.js";

/** Handles the input of a canvas. */
export function followPointer(canvas, editor) {
  const { element } = canvas;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 && event.button !== 1) return;
    const card = event.target.closest("[data-agent]");
    const line = event.target.closest("[data-edge]");
    const node = card && agentOf(editor, card.dataset.agent);
    if (event.button === 1 || (!node && !line)) drag(element, event, panning(canvas, editor));
    else if (line) editor.select({ edge: line.dataset.edge });
    else if (event.target.closest(".port")) drag(element, event, connecting(canvas, editor, node));
    else drag(element, event, moving(canvas, editor, node, canvas.place(event)));
  });
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) canvas.zoom(Math.exp(-event.deltaY / 240), event);
    else canvas.pan(-event.deltaX, -event.deltaY);
  }, { passive: false });
  element.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-agent]");
    if (!card) return;
    editor.select({ agent: card.dataset.agent });
    // A pressed card stays under the pointer.
    if (!card.matches(":active")) canvas.reveal(agentOf(editor, card.dataset.agent));
  });
  element.addEventListener("keydown", (event) => {
    const card = event.target.closest("[data-agent]");
    if (card) pressed(event, canvas, editor, agentOf(editor, card.dataset.agent));
  });
}

/** Calls `move` until the pointer is released or cancelled, and then `end`. */
function drag(element, { pointerId }, { move, end }) {
  const stop = new AbortController();
  const listen = (name, listener) => element.addEventListener(name, (event) => event.pointerId === pointerId && listener(event), { signal: stop.signal });
  element.setPointerCapture(pointerId);
  listen("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) {
    listen(name, (event) => {
      stop.abort();
      end(event);
    });
  }
}

function panning(canvas, editor) {
  let hasMoved = false;
  canvas.element.classList.add("panning");
  return {
    move: (event) => {
      hasMoved ||= Boolean(event.movementX || event.movementY);
      canvas.pan(event.movementX, event.movementY);
    },
    end: () => {
      canvas.element.classList.remove("panning");
      if (!hasMoved) editor.select(null);
    },
  };
}

function moving(canvas, editor, node, from) {
  const { x, y } = node.position;
  editor.draft.seal();
  return {
    move: (event) => {
      const to = canvas.place(event);
      place(editor, node.id, { x: onGrid(x + to.x - from.x), y: onGrid(y + to.y - from.y) });
    },
    end: () => editor.draft.seal(),
  };
}

function connecting(canvas, editor, node) {
  const targetAt = ({ clientX, clientY }) => /** @type {HTMLElement?} */ (document.elementFromPoint(clientX, clientY)?.closest("[data-agent]"));
  const mark = (target) => {
    for (const card of canvas.element.querySelectorAll(".target")) card.classList.remove("target");
    target?.classList.add("target");
  };
  return {
    move: (event) => {
      canvas.pull(agentOf(editor, node.id), canvas.place(event));
      mark(targetAt(event));
    },
    end: (event) => {
      const target = event.type === "pointerup" && targetAt(event);
      canvas.pull(null);
      mark(null);
      if (target) editor.connect(node.id, target.dataset.agent);
    },
  };
}

/** Handles a key on the card of an agent. */
function pressed(event, canvas, editor, node) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = event.shiftKey ? 40 : 8;
  const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
  if (way) {
    const to = { x: node.position.x + way[0], y: node.position.y + way[1] };
    place(editor, node.id, to);
    canvas.reveal({ position: to });
    announce(`${node.label} at ${to.x}, ${to.y}`);
  } else if (event.key === "Enter" || event.key === " ") editor.openForm();
  else if (event.key === "Delete" || event.key === "Backspace") editor.removeAgent(node.id);
  else return;
  event.preventDefault();
}

function place(editor, id, position) {
  editor.draft.edit((blueprint) => { agentIn(blueprint, id).position = position; }, `move ${id}`);
}

const agentOf = (editor, id) => agentIn(editor.draft.now, id);
