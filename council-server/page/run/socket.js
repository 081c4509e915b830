// @ts-check
// The WebSocket of a run: it reconnects, and delivers each event once.

import { call, serverUrl, token } from "../lib/api.js";

/** The pauses before each attempt to reconnect, in milliseconds; the last one is repeated. */
const PAUSES = [300, 800, 2_000, 4_000, 8_000, 15_000];
const CLOSE = { ended: 1000, unknown: 4404 };

/**
 * Watches a run until its last event or until the signal is aborted. `received` is called for each event once, in order, and
 * `connectionChanged` when the connection is opened or lost.
 * @param {string} id
 * @param {{
 *   received: (event: RunEvent) => void,
 *   connectionChanged: (how: {isConnected: boolean, words: string}) => void,
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

  const wait = (milliseconds) => {
    if (pause !== null) clearTimeout(pause);
    pause = milliseconds === null ? null : setTimeout(connect, milliseconds);
  };

  const connect = () => {
    wait(null);
    const address = serverUrl(`/ws/council/${encodeURIComponent(id)}?after=${seen}`);
    address.protocol = address.protocol.replace("http", "ws");
    socket = new WebSocket(address, subprotocols());
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.event === "connected") {
        failures = 0;
        connectionChanged({ isConnected: true, words: "" });
      }
      // An event that was delivered before.
      if (event.seq <= seen) return;
      seen = event.seq ?? seen;
      received(event);
    };
    socket.onclose = ({ code }) => {
      if (signal.aborted || code === CLOSE.ended) return;
      if (code === CLOSE.unknown) connectionChanged({ isConnected: false, words: "The server does not know this run." });
      else lost(code);
    };
  };

  const lost = async (code) => {
    const pauseFor = PAUSES[Math.min(failures, PAUSES.length - 1)] * (0.8 + Math.random() * 0.4);
    failures += 1;
    connectionChanged({ isConnected: false, words: code === 1013 ? "The page was too slow and is reconnecting." : "Not connected to the server. The page reconnects by itself, and no event is lost." });
    wait(pauseFor);
    // A browser has no reason for a refused socket. This call throws the reason, and asks for a token if it is missing.
    if (failures === 2) await call(`/api/councils/run/${encodeURIComponent(id)}`, { signal }).then(hurry, () => {});
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
