// @ts-check
// The live view of a run: `#/run/<id>`.

import { call, Fault } from "../lib/api.js";
import { announce, confirmed, h, icon } from "../lib/dom.js";
import { afterPress } from "../lib/press.js";
import { notice, reopen } from "../lib/router.js";
import { unstarted } from "../lib/unstarted.js";
import { firstLine, isOver, isStopped, moment, scoreText, sentence } from "../lib/words.js";
import { RunModel } from "./model.js";
import { RunView } from "./run-view.js";
import { watchRun } from "./socket.js";

export async function runView([id, way], signal) {
  const path = encodeURIComponent(id);
  const get = (address) => call(address, { signal });
  const [entry, result, graph] = await Promise.all([get(`/api/runs/${path}`), get(`/api/councils/run/${path}`), get(`/api/runs/${path}/graph`)]);
  // A run that has ended has all its events: it needs no socket.
  const events = isOver(result.status) || way === "replay" ? await get(`/api/runs/${path}/events`) : [];
  const run = { id, path, entry, result, graph, events, signal };
  if (way === "replay") return (await import("./replay.js")).openReplay(run);
  const hasChair = entry.execution_mode === "god-mode" && !isOver(result.status);
  return openRun({ ...run, Chair: hasChair ? (await import("./chair.js")).ChairPanel : null });
}

function openRun({ id, path, entry, result, graph, events, Chair, signal }) {
  const model = new RunModel(graph);
  model.topic = entry.input_topic;
  model.status = result.status;
  let { usage, calls, queue_position: queue = null, error: trouble = null } = result;
  let isStuck = needsRetry(result);
  const cancel = h("button", { class: "grave", type: "button", onclick: () => cancelRun(path, cancel) }, icon("stop"), "Cancel run");
  const replay = h("a", { class: "button plain", href: `#/run/${path}/replay` }, icon("play"), "Replay");
  const again = h("button", { class: "main", type: "button", onclick: () => tryAgain(path, again) }, icon("again"), "Try again");
  const mode = entry.execution_mode === "god-mode" ? "/chair" : "";
  const repeat = h("a", { class: "button plain", href: `#/start/${encodeURIComponent(entry.blueprint_id ?? "")}${mode}`, onclick: () => unstarted.set(model.topic) }, icon("plus"), "New run like this");
  const chair = Chair && new Chair(id, () => refresh());
  const shown = new RunView(entry, graph, { actions: [cancel, again, repeat, replay], chair });
  shown.fitGraph(signal);

  /** @type {string[]} */
  let sparks = [];
  /** @type {string[]} */
  let said = [];
  /** @type {number?} */
  let frame = null;
  let heard = Date.now();
  /** Whether a critic has ended since an agent started. */
  let hasScored = false;
  /** Whether the socket comes through. */
  let isLive = false;
  /** Sets the title of the tab. Nothing is drawn while another tab is shown, but the title is seen. */
  const entitle = () => {
    const isWaiting = model.status === "running" && model.isWaiting(new Date().toISOString());
    const mark = isWaiting ? "Waiting: " : { paused: "● Your turn: ", running: "▸ " }[model.status] ?? "";
    const title = `${mark}${firstLine(model.topic, 50)} · Council`;
    if (document.title !== title) document.title = title;
  };
  const draw = () => {
    frame = null;
    const isQuiet = said.length > 4;
    cancel.hidden = isOver(model.status);
    again.hidden = !isStuck && !["failed", "cancelled"].includes(model.status);
    replay.hidden = repeat.hidden = !isOver(model.status);
    shown.show(model, { now: new Date().toISOString(), usage, calls, ...(isOver(model.status) ? {} : { queue, trouble }), sparks: isQuiet ? [] : sparks });
    // After a late start, only the last message is read aloud.
    if (said.length) announce(isQuiet ? said.at(-1) : said.join(" "));
    entitle();
    [sparks, said] = [[], []];
  };
  const redraw = () => { frame ??= requestAnimationFrame(() => afterPress(() => signal.aborted || draw())); };
  signal.addEventListener("abort", () => {
    if (frame !== null) cancelAnimationFrame(frame);
    notice(null);
  });

  /** Requests the texts, the calls and the usage, which events do not contain. */
  const refresh = oneAtATime(async () => {
    const { asked } = model;
    const [pieces, now] = await Promise.all([call(`/api/runs/${path}/rounds`, { signal }), call(`/api/councils/run/${path}`, { signal })]);
    model.written(pieces);
    ({ usage, calls, queue_position: queue = null, error: trouble = null } = now);
    // Plain requests bring no event about a wait.
    if (!isLive && now.waiting) model.waiting = now.waiting;
    isStuck = needsRetry(now);
    // The chair has answered, and the run is in the queue.
    if (queue !== null && asked !== null && asked === model.asked) model.answered();
    redraw();
  });

  const received = (/** @type {RunEvent} */ event) => {
    heard = Date.now();
    if (event.event === "connected" && !isOver(model.status) && model.status !== "paused") model.status = event.status;
    sparks.push(...model.take(event));
    if (event.event === "run_stalled") [trouble, isStuck] = [event.reason, true];
    entitle();
    const words = inWordsOf(event, model);
    if (words) said.push(words);
    if (["connected", "node_complete", "node_retry", "run_paused", "run_resumed"].includes(event.event) || model.ended === event) refresh();
    // The score of parallel critics counts once all have ended.
    if (event.event === "node_start" && hasScored) refresh();
    hasScored = event.event === "node_complete" ? event.score !== undefined : hasScored && event.event !== "node_start";
    redraw();
  };
  if (isOver(result.status)) events.forEach(received);
  else watchRun(id, {
    signal,
    connectionChanged: (words) => {
      isLive = words === null;
      notice(words);
      if (words) announce(words);
    },
    received,
  });
  refresh();
  const clock = setInterval(() => {
    if (isOver(model.status) || document.hidden) return;
    // No event says that the database cannot be read or written. After some time without events, the page requests the reason.
    const isQuiet = Date.now() - heard > QUIET;
    if (isQuiet) heard = Date.now();
    if (isQuiet || model.status === "pending" || queue !== null || trouble) refresh();
    redraw();
  }, 1_000);
  signal.addEventListener("abort", () => clearInterval(clock));
  redraw();
  return { title: firstLine(entry.input_topic, 50), body: shown.element };
}

/** Whether the run goes on only after a retry, or on another server. */
const needsRetry = ({ status, error = null }) => status === "pending" && error !== null;

/** The time without an event after which the page requests the result, in milliseconds. */
const QUIET = 5_000;

async function cancelRun(path, button) {
  const isMeant = await confirmed({ title: "Cancel this run?", text: "It ends at once. Its texts are kept.", yes: "Cancel the run" });
  if (!isMeant) return;
  button.disabled = true;
  try {
    await call(`/api/councils/run/${path}/cancel`, { method: "POST" });
  } catch (error) {
    // The run has ended meanwhile; its last event follows.
    if (error.status !== 409) notice(error.message);
  }
  button.disabled = false;
}

/** Takes the run up from its last position. The view is opened again, because its socket has ended with the run. */
async function tryAgain(path, button) {
  button.disabled = true;
  try {
    const { note } = await call(`/api/councils/run/${path}/retry`, { method: "POST", once: true });
    announce("The run goes on.");
    await reopen();
    if (note) notice(sentence(note));
  } catch (error) {
    // It was tried again in another tab.
    if (error.status === 409) await reopen();
    else notice(error.message);
  }
  button.disabled = false;
}

/** Runs one call at a time. Calls during another one become a single call after it; after an error, the next call tries again. */
function oneAtATime(deed) {
  let isBusy = false;
  let isWanted = false;
  const run = async () => {
    if (isBusy) {
      isWanted = true;
      return;
    }
    isBusy = true;
    try {
      await deed();
    } catch (error) {
      if (!(error instanceof Fault) && error.name !== "AbortError") throw error;
    } finally {
      isBusy = false;
    }
    if (isWanted) {
      isWanted = false;
      run();
    }
  };
  return run;
}

/** An event as a sentence for screen readers. */
function inWordsOf(event, model) {
  switch (event.event) {
    case "node_start": return `${model.name(event.node)} starts, round ${event.iteration || 1}.`;
    case "node_complete": return `${model.name(event.node)} has finished${event.score === undefined ? "" : ` with a score of ${scoreText(event.score)}`}.`;
    case "node_retry": return `${model.name(event.node)} tries again: ${event.reason}`;
    case "run_waiting":
      if (event.for === null) return "The run goes on.";
      return event.until === null ? `The run waits: ${event.for}` : `The run waits until ${moment(event.until)}: ${event.for}`;
    case "run_stalled": return `The run cannot continue: ${event.reason}`;
    case "models_changed": return `The models have changed: ${event.changes.map(({ node, now }) => `${model.name(node)} now uses ${now}`).join(", ")}.`;
    case "run_paused": return `Your turn: ${event.next_nodes.map((id) => model.name(id)).join(" and ")} is next.`;
    case "run_complete": return `The run is complete${event.approved ? "" : ", without an approval"}${event.critic_score === null ? "" : `, with a score of ${scoreText(event.critic_score)}`}.`;
    case "run_failed": return isStopped({ status: "failed", error: event.error }) ? "The run was stopped from the chair." : `The run has failed: ${event.error}`;
    case "run_cancelled": return "The run was cancelled.";
    default: return "";
  }
}
