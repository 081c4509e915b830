// @ts-check
// Numbers, times, statuses and names as text.

import { h } from "./dom.js";

const STATUS_WORDS = {
  pending: "Waiting", running: "Running", paused: "Your turn", completed: "Completed", failed: "Failed", cancelled: "Cancelled",
};

export const isOver = (status) => ["completed", "failed", "cancelled"].includes(status);

/** The error of a run that was stopped from the chair. */
const STOPPED = "Rejected by user in God Mode.";

/** Whether a person has stopped the run from the chair: for the API it has failed. */
export const isStopped = ({ status, error }) => status === "failed" && error === STOPPED;

/**
 * The mark of a status. A document without an approval, and a run that a person has stopped, have marks of their own.
 * @param {{status: string, approved?: boolean?, error?: string?}} run
 */
export function statusMark({ status, approved, error }) {
  if (status === "completed" && approved === false) return h("span", { class: "status unapproved" }, "Not approved");
  if (isStopped({ status, error })) return h("span", { class: "status cancelled" }, "Stopped");
  return h("span", { class: `status ${status}` }, STATUS_WORDS[status] ?? status);
}

/** The name of a model without the time limits that may follow in its spec: `openai/gpt-5?total-timeout=1h`. */
export const modelName = (spec) => spec.split("?", 1)[0].trim();

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** A score: `8.5`, `9`; a dash if there is none. */
export const scoreText = (score) => (score === null || score === undefined ? "–" : String(Math.round(score * 100) / 100));

/** A duration: `0.4 s`, `12 s`, `3 min 5 s`. */
export function span(milliseconds) {
  return milliseconds < 9_950 ? `${(milliseconds / 1000).toFixed(1)} s` : inUnits(Math.round(milliseconds / 1000));
}

/** The time that is left, in whole seconds: `4 s`, `3 min 5 s`. */
export const countdown = (milliseconds) => inUnits(Math.ceil(milliseconds / 1000));

function inUnits(seconds) {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A time, short: without the date if it is today. */
export function moment(time) {
  const date = new Date(time);
  const isToday = new Date().toDateString() === date.toDateString();
  return new Intl.DateTimeFormat(undefined, isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" }).format(date);
}

/** A time, short; the exact one is in its title. */
export const when = (time) => h("time", { datetime: time, title: new Date(time).toLocaleString() }, moment(time));

/** A number with groups of digits: `1,320`. The page is in English, so a dot always begins decimals. */
export const count = (number) => new Intl.NumberFormat("en").format(number);

/** An id as a name: `master_agent` is `Master`. */
function agentName(id) {
  const words = id.replace(/_agent$/, "").replaceAll("_", " ").trim();
  return words ? words[0].toUpperCase() + words.slice(1) : id;
}

/** The name of a node: its label, or else its id as a name. */
export const nodeName = ({ id, label }) => (label === id ? agentName(id) : label);

/** A message of the server as a sentence. */
export const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** A message of the server as nodes: what stands in backticks is code. */
export const withCode = (text) => text.split(/`([^`\n]+)`/).map((part, place) => (place % 2 ? h("code", {}, part) : part)).filter(Boolean);

/** The first line of a text, shortened to the limit. */
export function firstLine(text, limit = 90) {
  const line = text.trim().split("\n", 1)[0];
  return line.length > limit ? `${line.slice(0, limit - 1).trimEnd()}…` : line;
}

/** A position in the queue as a sentence, from 1. */
export const placeInQueue = (place) => (place === 1 ? "It is the next one." : `${plural(place - 1, "run")} ${place === 2 ? "is" : "are"} before it.`);
