// @ts-check
// The difference between two texts: by lines, then by words in changed lines.

import { h } from "../lib/dom.js";
import { count, plural } from "../lib/words.js";

/** The steps from one text to the other: `{kind: "same" | "gone" | "new", text}`. */
function difference(before, after) {
  const steps = [];
  const lines = edits(split(before, /(?<=\n)/), split(after, /(?<=\n)/), 800);
  for (let index = 0; index < lines.length; index++) {
    if (lines[index].kind === "same") {
      steps.push(lines[index]);
      continue;
    }
    const changed = { gone: "", new: "" };
    for (; index < lines.length && lines[index].kind !== "same"; index++) changed[lines[index].kind] += lines[index].text;
    index -= 1;
    steps.push(...words(changed.gone, changed.new));
  }
  return joined(steps);
}

const split = (text, at) => (text ? text.split(at) : []);

function words(gone, fresh) {
  const whole = [{ kind: "gone", text: gone }, { kind: "new", text: fresh }].filter((step) => step.text);
  if (!gone || !fresh) return whole;
  const boundary = /(?<=\s)(?=\S)|(?<=\S)(?=\s)|(?<=[\p{L}\p{N}])(?=[^\p{L}\p{N}])|(?<=[^\p{L}\p{N}])(?=[\p{L}\p{N}])/u;
  const steps = edits(split(gone, boundary), split(fresh, boundary), 400);
  const same = steps.filter((step) => step.kind === "same" && /\S/.test(step.text)).length;
  // If few words are the same, two whole texts are easier to read than a mixture.
  return same * 4 < steps.length ? whole : steps;
}

/** The shortest edit script of two lists (Myers). Above `most` steps the lists count as different as a whole. */
function edits(before, after, most) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const [old, fresh] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const same = (items) => items.map((text) => ({ kind: "same", text }));
  const middle = shortest(old, fresh, most) ?? [...old.map((text) => ({ kind: "gone", text })), ...fresh.map((text) => ({ kind: "new", text }))];
  return [...same(before.slice(0, start)), ...middle, ...same(before.slice(before.length - end))];
}

function shortest(old, fresh, most) {
  const limit = Math.min(most, old.length + fresh.length);
  const furthest = new Int32Array(2 * limit + 3);
  const mid = limit + 1;
  const traces = [];
  for (let distance = 0; distance <= limit; distance++) {
    traces.push(furthest.slice(mid - distance - 1, mid + distance + 2));
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      const isDown = diagonal === -distance || (diagonal !== distance && furthest[mid + diagonal - 1] < furthest[mid + diagonal + 1]);
      let x = isDown ? furthest[mid + diagonal + 1] : furthest[mid + diagonal - 1] + 1;
      while (x < old.length && x - diagonal < fresh.length && old[x] === fresh[x - diagonal]) x++;
      furthest[mid + diagonal] = x;
      if (x >= old.length && x - diagonal >= fresh.length) return backwards(old, fresh, traces);
    }
  }
  return null;
}

/** The steps of the script, found from its end. */
function backwards(old, fresh, traces) {
  const steps = [];
  let [x, y] = [old.length, fresh.length];
  for (let distance = traces.length - 1; distance >= 0; distance--) {
    const at = (diagonal) => traces[distance][diagonal + distance + 1];
    const diagonal = x - y;
    const isDown = diagonal === -distance || (diagonal !== distance && at(diagonal - 1) < at(diagonal + 1));
    const previous = isDown ? diagonal + 1 : diagonal - 1;
    const fromX = distance === 0 ? 0 : at(previous);
    const fromY = distance === 0 ? 0 : fromX - previous;
    while (x > fromX && y > fromY) {
      steps.push({ kind: "same", text: old[--x] });
      y--;
    }
    if (distance > 0) steps.push(isDown ? { kind: "new", text: fresh[--y] } : { kind: "gone", text: old[--x] });
  }
  return steps.reverse();
}

/** Joins neighbours of the same kind. */
function joined(steps) {
  const result = [];
  for (const step of steps) {
    if (result.at(-1)?.kind === step.kind) result.at(-1).text += step.text;
    else result.push({ ...step });
  }
  return result;
}

const wordCount = (text) => (text.match(/[\p{L}\p{N}]+/gu) ?? []).length;

/** The difference as nodes; long unchanged parts are folded. */
export function differenceNode(before, after) {
  const steps = difference(before, after);
  const total = (kind) => steps.reduce((sum, step) => sum + (step.kind === kind ? wordCount(step.text) : 0), 0);
  const summary = steps.some((step) => step.kind !== "same") ? `${plural(total("new"), "word")} added, ${count(total("gone"))} removed` : "No changes";
  return h("div", { class: "difference" }, h("p", { class: "hint" }, summary), h("div", { class: "changes", dir: "auto" }, steps.map((step, index) => {
    if (step.kind === "gone") return h("del", {}, step.text);
    if (step.kind === "new") return h("ins", {}, step.text);
    return folded(step.text, index === 0, index === steps.length - 1);
  })));
}

function folded(text, isFirst, isLast) {
  const lines = text.split(/(?<=\n)/);
  const [head, tail] = [isFirst ? 0 : 3, isLast ? 0 : 3];
  const hidden = lines.length - head - tail;
  if (hidden < 5) return text;
  const button = h("button", { class: "quiet fold", type: "button" }, `${plural(hidden, "unchanged line")}`);
  button.addEventListener("click", () => button.replaceWith(lines.slice(head, lines.length - tail).join("")));
  return [lines.slice(0, head).join(""), button, lines.slice(lines.length - tail).join("")];
}
