// @ts-check
// The note about a run: why it waits or has ended, and what happens next.

import { h, write } from "../lib/dom.js";
import { update } from "../lib/update.js";
import { countdown, isStopped, moment, placeInQueue, plural, sentence, withCode } from "../lib/words.js";

export class RunNote {
  constructor() {
    this.headline = h("strong");
    this.reason = h("span", { dir: "auto" });
    this.element = h("p", { class: "note", hidden: true }, this.headline, " ", this.reason);
  }

  /**
   * @param {import("./model.js").RunModel} model
   * @param {{now: string, queue: number?, trouble: string?}} state
   */
  show(model, { now, queue, trouble }) {
    const [headline, reason = ""] = words(model, now, queue, trouble);
    this.element.hidden = !headline;
    this.element.className = `note ${kind(model, trouble)}`;
    write(this.headline, headline ?? "");
    update(this.reason, withCode(reason && sentence(reason)));
  }
}

/** The kind of the note: its colour. */
function kind({ status, ended }, trouble) {
  if (trouble) return "failed";
  if (ended?.document_fault || ended?.approved === false) return "warning";
  return isStopped({ status, error: ended?.error }) ? "cancelled" : status;
}

/** That no draft was approved, if so. In a blueprint a rework may lead to the document. */
function notApproved(ended) {
  if (ended?.stopped_by) return `No draft was approved. The run stopped after ${plural(ended.iteration_count, "round")}.`;
  return ended?.approved === false ? "The critic did not approve the draft." : "";
}

/** The headline and the reason; nothing if there is nothing to say. */
function words(model, now, queue, trouble) {
  const { ended, retry, waiting } = model;
  if (isStopped({ status: model.status, error: ended?.error })) return ["The run was stopped from the chair.", "Its texts are kept."];
  if (model.status === "failed") return ["The run failed.", ended?.error];
  if (model.status === "cancelled") return ["The run was cancelled.", "Its texts are kept."];
  const unapproved = notApproved(ended);
  if (ended?.document_fault) return [`${unapproved} The document is the last draft: the writer gave no text that can be used.`.trim(), ended.document_fault];
  if (unapproved) return [unapproved];
  if (trouble) return ["The run cannot continue.", trouble];
  if (queue) return ["The run is in the queue.", placeInQueue(queue)];
  if (model.status === "pending" || queue !== null) return ["The run is starting."];
  if (model.isWaiting(now)) {
    if (waiting.until === null) return ["The run waits, and goes on by itself.", waiting.for];
    const left = countdown(Date.parse(waiting.until) - Date.parse(now));
    return [`The run waits, and goes on by itself in ${left}, at ${moment(waiting.until)}.`, waiting.for];
  }
  if (retry) return [`${model.name(retry.node)} tries again, attempt ${retry.attempt}.`, retry.reason];
  return [];
}
