// @ts-check
// Calls to the API of the server, with its token, and errors as sentences.

import { h } from "./dom.js";
import { count, plural } from "./words.js";

const TOKEN = "council.token";

/** The key under which the tab keeps the last call with a key, until it is answered. */
const UNANSWERED = "council.unanswered";

/** The token of the server, if it has one. It comes in the address, is kept for the tab, and is removed from the address. */
export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (value) => sessionStorage.setItem(TOKEN, value),
  /** The bytes of the token in UTF-8, as a text with a character for each byte: a header has no others. */
  bytes() {
    const text = this.get();
    return text ? String.fromCharCode(...new TextEncoder().encode(text)) : null;
  },
  take() {
    const address = new URL(location.href);
    const brought = address.searchParams.get("token");
    if (brought === null) return;
    this.set(brought);
    address.searchParams.delete("token");
    history.replaceState(history.state, "", address);
  },
};

/** The address of a path of the server. The page is at the base path of the server. */
export const serverUrl = (path) => new URL(`.${path}`, location.href);

/** An error of a call: an answer without success, or no answer (status 0). */
export class Fault extends Error {
  /**
   * @param {number} status
   * @param {unknown} [detail] a sentence, or the faults of the fields
   * @param {number?} [wait]
   */
  constructor(status, detail, wait = null) {
    super(sentence(status, detail, wait));
    this.status = status;
    /** The faults of single fields: `{type, loc, msg, input}`. */
    this.faults = /** @type {FieldFault[]} */ (Array.isArray(detail) ? detail : []);
    /** The seconds to wait before the next attempt, if the server says so. */
    this.wait = wait;
  }

  /** The message for a field, or null. */
  at(...path) {
    const place = path.join("/");
    const found = this.faults.find((fault) => fault.loc.slice(1).join("/") === place);
    return found ? inWords(found) : null;
  }
}

function sentence(status, detail, wait) {
  const said = typeof detail === "string" && detail ? detail : "";
  const later = /try again/i.test(said) ? "" : wait ? ` Try again in ${plural(wait, "second")}.` : " Try again in a moment.";
  switch (status) {
    case 0: return "The server does not answer. Check that it is running. Your input is not lost.";
    case 401: return "The server needs a token, and the token of this page is wrong.";
    case 403: return "The server does not accept calls from the address of this page. Open the address that the server printed, or add the host of this one to --allowed-hosts.";
    case 413: return "The text is too long for the server. Shorten it.";
    case 422: return Array.isArray(detail) ? listed(detail) : said;
    case 429: return `${said || "The queue of the server is full."}${later}`;
    case 503: return `${said || "The server is busy or shutting down."}${later}`;
    default: return said || `The server answered with status ${status}. See its log.`;
  }
}

/**
 * Faults in one line: the place and the message of each.
 * @param {FieldFault[]} faults
 */
export const listed = (faults) => faults.map((fault) => `${fault.loc.slice(1).join(" › ") || "Request"}: ${inWords(fault)}`).join(" ");

/**
 * A fault of a field as a sentence for a person. The server uses the words of FastAPI, which programs read.
 * @param {FieldFault} fault
 */
export function inWords({ type, msg, ctx = {} }) {
  switch (type) {
    case "missing": return "This is missing.";
    case "string_too_short": return "Enter a text.";
    case "string_too_long": return `Use at most ${count(ctx.max_length)} characters.`;
    case "greater_than_equal": return `Use a number of ${count(ctx.ge)} or more.`;
    case "less_than_equal": return `Use a number of ${count(ctx.le)} or less.`;
    case "string_type": return "Expected a text.";
    case "float_type": case "int_type": return "Expected a number.";
    case "list_type": return "Expected a list.";
    case "dict_type": case "model_attributes_type": return "Expected an object with fields.";
    default: return msg;
  }
}

/**
 * Calls the server and returns the JSON of its answer. Throws a `Fault`; if the token is wrong, it asks for another one first.
 *
 * A call with `once` has a key. If its connection breaks, the next call with the same path and body has the same key, so the server
 * does it only once.
 * @param {string} path
 * @param {{method?: string, body?: unknown, signal?: AbortSignal, once?: boolean}} [how]
 */
export async function call(path, how) {
  const answer = await request(path, how);
  return answer.status === 204 ? null : answer.json();
}

/**
 * Calls the server and returns its successful answer, of which the body is not read yet. Otherwise it is like `call`.
 * @param {string} path
 * @param {{method?: string, body?: unknown, accept?: string, signal?: AbortSignal, once?: boolean}} [how]
 */
export async function request(path, { method = "GET", body, accept = "application/json", signal, once = false } = {}) {
  const key = once ? keyOf(path, body) : null;
  for (;;) {
    const answer = await send(path, { method, body, accept, signal, key });
    // A gateway may answer with 5xx although the server has accepted the call.
    if (once && answer.status < 500) sessionStorage.removeItem(UNANSWERED);
    if (answer.ok) return answer;
    if (answer.status === 401 && (await askForToken())) continue;
    const said = await answer.json().catch(() => ({}));
    throw new Fault(answer.status, said.detail, Number(answer.headers.get("retry-after")) || null);
  }
}

async function send(path, { method, body, accept, signal, key }) {
  /** @type {Record<string, string>} */
  const headers = { accept };
  if (key) headers["idempotency-key"] = key;
  if (body !== undefined) headers["content-type"] = "application/json";
  const bytes = token.bytes();
  if (bytes) headers.authorization = `Bearer ${bytes}`;
  try {
    return await fetch(serverUrl(path), { method, headers, signal, cache: "no-store", body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Fault(0);
  }
}

/** The key of a call: that of the last call without an answer if it is the same call, or else a new one. It outlives a reload. */
function keyOf(path, body) {
  const wanted = JSON.stringify([path, body]);
  const [unanswered, known] = JSON.parse(sessionStorage.getItem(UNANSWERED) ?? "[]");
  if (unanswered === wanted) return known;
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    sessionStorage.setItem(UNANSWERED, JSON.stringify([wanted, key]));
  } catch {
    // The call is too big for the storage of the tab: its repeat has another key.
    sessionStorage.removeItem(UNANSWERED);
  }
  return key;
}

/** @type {Promise<boolean>?} */
let asking = null;

/** Asks for the token in a dialog, once for all waiting calls; resolves to whether one was entered. */
function askForToken() {
  asking ??= new Promise((resolve) => {
    const field = h("input", { id: "token", type: "password", autocomplete: "current-password", required: true });
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "token-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "token-title" }, "Enter the token of the server"),
        h("p", {}, "The server was started with --token. The token of this page is wrong."),
        h("label", { for: "token" }, "Token"), field,
        h("div", { class: "actions end" },
          // Not a submit button: Enter would press the first one.
          h("button", { class: "plain", type: "button", onclick: () => dialog.close("no") }, "Cancel"),
          h("button", { class: "main", value: "yes" }, "Continue"))));
    dialog.addEventListener("close", () => {
      const isGiven = dialog.returnValue === "yes";
      if (isGiven) token.set(field.value.trim());
      dialog.remove();
      asking = null;
      resolve(isGiven);
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  });
  return asking;
}
