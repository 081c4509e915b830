// @ts-check
// The events of a run by plain requests, for a page whose WebSocket does not come through: a stream, and lists while it is silent.

import { call, Fault, request } from "../lib/api.js";

/** The pauses between two lists of events, in milliseconds: the shortest one after news, the longest one after a long silence. */
const PAUSE = { shortest: 1_000, longest: 5_000 };

/** The last events of a run. */
const ENDS = ["run_complete", "run_failed", "run_cancelled"];

/**
 * Follows a run after the event with the number `seen()`. `deliver` is called for each event, some of them twice, and `explain` with
 * the reason why there is no socket. Resolves to true after the last event of the run, and to false if the server does not answer.
 * @param {string} id
 * @param {{seen: () => number, deliver: (event: RunEvent) => void, explain: (words: string) => void, signal: AbortSignal}} how
 */
export async function follow(id, { seen, deliver, explain, signal }) {
  const path = `/api/runs/${encodeURIComponent(id)}/events`;
  /** The last event with a number, whether a stream has delivered something, and since when nothing was heard. */
  let [last, isStreaming, heard] = ["", false, Date.now()];
  const take = (event) => {
    heard = Date.now();
    if (event.seq > seen()) last = event.event;
    deliver(event);
  };
  const list = async () => {
    const events = await call(`${path}?after=${seen()}`, { signal });
    events.forEach(take);
    return events.length > 0;
  };
  try {
    await list();
    whySocketFails(signal).then(explain, () => {});
    stream(`${path}?after=${seen()}`, signal, (event) => {
      isStreaming = true;
      take(event);
    }).catch(() => {}).finally(() => { isStreaming = false; });
    for (let pause = PAUSE.shortest; !ENDS.includes(last);) {
      await new Promise((resolve) => { setTimeout(resolve, pause); });
      if (signal.aborted) return false;
      // A proxy may hold a stream back, so a silent one is not trusted.
      if (isStreaming && Date.now() - heard < PAUSE.longest) continue;
      pause = (await list()) ? PAUSE.shortest : Math.min(PAUSE.longest, pause * 1.5);
    }
    return true;
  } catch (error) {
    if (error instanceof Fault || error.name === "AbortError") return false;
    throw error;
  }
}

/** Reads a stream of events to its end. */
async function stream(path, signal, take) {
  const { body } = await request(path, { accept: "text/event-stream", signal });
  if (!body) return;
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
    const parts = (rest + value).split(/\n\n/);
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const data = part.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5));
      if (data.length) take(JSON.parse(data.join("\n")));
    }
  }
}

/**
 * Why the socket does not come through. A browser does not tell the reason, so it is asked for with a request that changes nothing and
 * that, like a socket, carries the address of the page.
 */
async function whySocketFails(signal) {
  try {
    await call("/api/councils/check", { method: "POST", body: {}, signal });
  } catch (error) {
    if ([403, 421].includes(error.status)) return `${REPLACED} ${error.message}`;
    if (error.name === "AbortError") throw error;
  }
  return `${REPLACED} A proxy may not pass WebSockets on.`;
}

const REPLACED = "The WebSocket of this run does not come through. The page uses plain requests instead.";
