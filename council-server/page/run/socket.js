// @ts-check
// The WebSocket of a run: it reconnects, and delivers each event once. While it does not come through, plain requests deliver the events.

import { serverUrl, token } from "../lib/api.js";

/** The pauses before each attempt to reconnect, in milliseconds; the last one is repeated. */
const PAUSES = [300, 800, 2_000, 4_000, 8_000, 15_000];
const CLOSE = { ended: 1000, unknown: 4404 };

/** The time after which a socket that is neither open nor refused counts as one that does not come through, in milliseconds. */
const HANDSHAKE = 4_000;

/**
 * Watches a run until its last event or until the signal is aborted. `received` is called for each event once, in order, and
 * `connectionChanged` when the connection is opened or lost, with the sentences about a lost one.
 * @param {string} id
 * @param {{
 *   received: (event: RunEvent) => void,
 *   connectionChanged: (words: string?) => void,
 *   signal: AbortSignal,
 * }} how
 */
export function watchRun(id, { received, connectionChanged, signal }) {
  let seen = 0;
  let failures = 0;
  /** @type {WebSocket?} */
  let socket = null;
  /** The time until the next attempt to connect. @type {number?} */
  let pause = null;
  /** The requests in place of the socket. @type {AbortController?} */
  let requests = null;

  const wait = (milliseconds) => {
    if (pause !== null) clearTimeout(pause);
    pause = milliseconds === null ? null : setTimeout(connect, milliseconds);
  };

  const deliver = (event) => {
    // An event that was delivered before.
    if (event.seq <= seen) return;
    seen = event.seq ?? seen;
    received(event);
  };

  const connect = () => {
    wait(null);
    const address = serverUrl(`/ws/council/${encodeURIComponent(id)}?after=${seen}`);
    address.protocol = address.protocol.replace("http", "ws");
    socket = new WebSocket(address, subprotocols());
    const handshake = setTimeout(followByRequests, HANDSHAKE);
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.event === "connected") {
        clearTimeout(handshake);
        failures = 0;
        requests?.abort();
        requests = null;
        connectionChanged(null);
      }
      deliver(event);
    };
    socket.onclose = ({ code }) => {
      clearTimeout(handshake);
      if (signal.aborted || code === CLOSE.ended) return;
      if (code === CLOSE.unknown) connectionChanged("The server does not know this run.");
      else lost(code);
    };
  };

  const lost = (code) => {
    const pauseFor = PAUSES[Math.min(failures, PAUSES.length - 1)] * (0.8 + Math.random() * 0.4);
    failures += 1;
    if (!requests) connectionChanged(code === 1013 ? "The page was too slow and is reconnecting." : AWAY);
    wait(pauseFor);
    if (failures >= 2) followByRequests();
  };

  /** Follows the run by requests until the socket comes through. A server that does not answer has been stopped: then the socket waits. */
  const followByRequests = async () => {
    if (requests || signal.aborted) return;
    const current = requests = new AbortController();
    const both = AbortSignal.any([signal, current.signal]);
    const how = {
      seen: () => seen,
      deliver: (event) => both.aborted || deliver(event),
      // The requests work, so the server is back or the socket is refused.
      explain: (words) => both.aborted || connectionChanged(words),
      signal: both,
    };
    // A server that has been stopped does not send the module either.
    const hasEnded = await import("./requests.js").then(({ follow }) => follow(id, how), () => false);
    if (both.aborted) return;
    requests = null;
    if (hasEnded) {
      wait(null);
      if (socket) socket.onclose = null;
      socket?.close();
    }
    connectionChanged(hasEnded ? null : AWAY);
  };

  /** Reconnects at once when the network or the page is back. */
  const hurry = () => {
    if (pause !== null && document.visibilityState === "visible") connect();
  };
  addEventListener("online", hurry, { signal });
  document.addEventListener("visibilitychange", hurry, { signal });
  signal.addEventListener("abort", () => {
    wait(null);
    socket?.close();
  });
  connect();
}

/** The subprotocols that bring the token: a browser sets no other header, and an address stands in logs. */
function subprotocols() {
  const bytes = token.bytes();
  if (!bytes) return [];
  const encoded = btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return ["council", `council.token.${encoded}`];
}

const AWAY = "Not connected to the server. The page reconnects by itself, and no event is lost.";
