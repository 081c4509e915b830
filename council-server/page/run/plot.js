// @ts-check
// The plot of the scores by round.

import { s } from "../lib/dom.js";
import { update } from "../lib/update.js";
import { scoreText } from "../lib/words.js";

const PLOT = { width: 340, height: 150, left: 26, right: 40, top: 12, bottom: 26 };

/** A plot of scores. It keeps its size when rounds are added. */
export class ScorePlot {
  constructor() {
    this.element = s("svg", { class: "plot", viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, role: "img" });
    /** What is drawn. @type {string?} */
    this.shown = null;
  }

  show(model) {
    const scores = model.scores();
    const { threshold } = model;
    const key = JSON.stringify([scores, model.round]);
    if (key === this.shown) return;
    this.shown = key;
    const { width, height, left, right, top, bottom } = PLOT;
    const rounds = Math.max(5, model.round);
    const x = (round) => left + ((round - 1) / (rounds - 1)) * (width - left - right);
    const y = (score) => top + (1 - score / 10) * (height - top - bottom);
    // The label of a high point stands beside it: on its left, or at the left edge on its right.
    const label = (point) => {
      if (point.y >= 30) return { x: point.x, y: point.y - 11, "text-anchor": "middle" };
      const isFirst = point.x < left + 24;
      return { x: point.x + (isFirst ? 10 : -10), y: point.y + 4, "text-anchor": isFirst ? "start" : "end" };
    };
    const points = scores.map((one, index) => ({ ...one, x: x(Math.max(1, one.round)), y: y(one.score), isLast: index === scores.length - 1 }));
    const line = points.map((point, index) => `${index ? "L" : "M"}${point.x} ${point.y}`).join("");
    const marks = Array.from({ length: rounds }, (_, index) => index + 1).filter((round) => rounds <= 12 || round % Math.ceil(rounds / 10) === 1);
    this.element.setAttribute("aria-label", inSentence(scores, threshold));
    update(this.element,
      [0, 5, 10].map((score) => [
        s("line", { class: "grid", x1: left, x2: width - right, y1: y(score), y2: y(score) }),
        s("text", { class: "axis", x: left - 8, y: y(score) + 4, "text-anchor": "end" }, String(score)),
      ]),
      marks.map((round) => s("text", { class: "axis", x: x(round), y: height - 6, "text-anchor": "middle" }, String(round))),
      threshold !== null && [
        s("line", { class: "threshold", x1: left, x2: width - right, y1: y(threshold), y2: y(threshold) }),
        s("text", { class: "threshold-word", x: width - right + 5, y: y(threshold) + 4 }, `${threshold} ✓`),
      ],
      line && s("path", { class: "score-line", d: line }),
      points.map((point) => [
        s("circle", { class: threshold !== null && point.score >= threshold ? "point passed" : "point", cx: point.x, cy: point.y, r: point.isLast ? 5.5 : 4 }, s("title", {}, `Round ${point.round}: ${scoreText(point.score)}`)),
        point.isLast && s("text", { class: "last", ...label(point) }, scoreText(point.score)),
      ]));
  }
}

function inSentence(scores, threshold) {
  const enough = threshold === null ? "" : ` ${threshold} or more is approved.`;
  if (!scores.length) return `No score yet.${enough}`;
  return `Scores: ${scores.map((one) => `round ${one.round}, ${scoreText(one.score)}`).join("; ")}.${enough}`;
}
