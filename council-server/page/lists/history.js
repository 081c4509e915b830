// @ts-check
// All runs, newest first: `#/runs/<page>`.

import { call } from "../lib/api.js";
import { h, icon } from "../lib/dom.js";
import { afterPress } from "../lib/press.js";
import { update } from "../lib/update.js";
import { firstLine, isStopped, moment, plural, scoreText, sentence, span, statusMark, when, withCode } from "../lib/words.js";

const PAGE = 20;

export async function historyView([text = "1"], signal) {
  const page = Math.max(1, Number.parseInt(text, 10) || 1);
  const load = () => call(`/api/runs/?limit=${PAGE + 1}&offset=${(page - 1) * PAGE}`, { signal });
  const list = h("div");
  const show = (runs) => {
    if (runs.length) update(list, runList(runs.slice(0, PAGE)));
    else update(list, h("p", { class: "empty" }, page === 1 ? "No runs yet. " : "No more runs. ", h("a", { href: "#/" }, "Start one"), "."));
  };
  const runs = await load();
  show(runs);
  // The list is updated while a run is not over.
  const clock = setInterval(async () => {
    if (document.hidden || !list.querySelector(".pending, .running, .paused")) return;
    await load().then((now) => afterPress(() => show(now)), () => {});
  }, 4_000);
  signal.addEventListener("abort", () => clearInterval(clock));
  const link = (to, words, drawing) => h("a", { class: "button plain", href: `#/runs/${to}` }, icon(drawing), words);
  return {
    title: page === 1 ? "Runs" : `Runs, page ${page}`,
    body: h("div", { class: "history" }, h("h1", {}, "Runs"), list,
      h("nav", { class: "actions pages", "aria-label": "Pages" }, page > 1 && link(page - 1, "Newer", "back"), runs.length > PAGE && link(page + 1, "Older", "next"))),
  };
}

/** A list of runs: links with the topic, the time, the score, the status, and the reason of a failure or a wait. */
export function runList(runs) {
  return h("ul", { class: "runs" }, runs.map((run) => {
    const took = run.completed_at ? span(Math.max(0, Date.parse(run.completed_at) - Date.parse(run.created_at))) : null;
    const facts = [run.execution_mode === "god-mode" ? "With a chair" : "Autopilot", run.iteration_count > 0 && plural(run.iteration_count, "round"), took].filter(Boolean);
    return h("li", { "data-key": run.id }, h("a", { href: `#/run/${encodeURIComponent(run.id)}` },
      h("span", { class: "what" }, h("strong", { dir: "auto" }, firstLine(run.input_topic, 120)), h("span", { class: "facts" }, when(run.created_at), facts.map((fact) => h("span", {}, fact))), reasonOf(run)),
      h("span", { class: "score" }, run.critic_score === null ? "" : scoreText(run.critic_score)),
      statusMark(run.waiting ? { status: "pending" } : run)));
  }));
}

/** Why a run has failed or cannot go on, or what it waits for; null if there is no reason. */
function reasonOf(run) {
  const { waiting, error } = run;
  const reason = waiting ? `${waiting.until ? `Until ${moment(waiting.until)}: ` : ""}${waiting.for}` : error;
  return reason && !isStopped(run) && h("span", { dir: "auto", class: waiting ? "reason" : "reason bad", title: reason }, withCode(firstLine(sentence(reason), 300)));
}
