// @ts-check
// Calls to the server, and what they come to in words that say what to do.

import { h } from "./dom.js";
import { plural } from "./words.js";

const TOKEN = "council.token";

/** The token that the server wants, if it does. It came in the address once, and is taken out of it at once. */
export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (value) => sessionStorage.setItem(TOKEN, value),
  take() {
    const address = new URL(location.href);
    const brought = address.searchParams.get("token");
    if (brought === null) return;
    this.set(brought);
    address.searchParams.delete("token");
    history.replaceState(history.state, "", address);
  },
};

/** An answer that is no success, or none at all (status 0). */
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
    /** For how many seconds the server asks to wait. */
    this.wait = wait;
  }

  /** What is wrong with the field of this name, or null. */
  at(...path) {
    const place = path.join("/");
    const found = this.faults.find((fault) => fault.loc.slice(1).join("/") === place);
    return found ? found.msg : null;
  }
}

function sentence(status, detail, wait) {
  const said = typeof detail === "string" && detail ? detail : "";
  const later = /try again/i.test(said) ? "" : wait ? ` Try again in ${plural(wait, "second")}.` : " Try again in a moment.";
  switch (status) {
    case 0: return "The server does not answer. Check that it is running; what you have entered is still here.";
    case 401: return "The server wants its token, and the one this page has is not accepted.";
    case 403: return "The server does not accept calls from this page's address. Open it by the address that the server announced, or add this one to --allowed-origins.";
    case 413: return "That is more text than the server takes. Shorten it.";
    case 422: return Array.isArray(detail) ? listed(detail) : said;
    case 429: return `${said || "The server has as many runs waiting as it takes."}${later}`;
    case 503: return `${said || "The server is busy or about to end."}${later}`;
    default: return said || `The server answered with status ${status}. Its log says why.`;
  }
}

/**
 * Faults in one line: the place and the message of each.
 * @param {FieldFault[]} faults
 */
export const listed = (faults) => faults.map(({ loc, msg }) => `${loc.slice(1).join(" › ") || "Request"}: ${msg}`).join(" ");

/**
 * Calls the server and gives the JSON of its answer.
 * Throws a `Fault`; a token that is not accepted is asked for first.
 * @param {string} path
 * @param {{method?: string, body?: unknown, signal?: AbortSignal}} [how]
 */
export async function call(path, { method = "GET", body, signal } = {}) {
  for (;;) {
    const answer = await send(path, method, body, signal);
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    if (answer.status === 401 && (await askForToken())) continue;
    const said = await answer.json().catch(() => ({}));
    throw new Fault(answer.status, said.detail, Number(answer.headers.get("retry-after")) || null);
  }
}

async function send(path, method, body, signal) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (token.get()) headers.authorization = `Bearer ${token.get()}`;
  try {
    return await fetch(path, { method, headers, signal, cache: "no-store", body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Fault(0);
  }
}

/** @type {Promise<boolean>?} */
let asking = null;

/** Asks for the token in a dialog, once for all calls that wait for it; resolves to whether one was given. */
function askForToken() {
  asking ??= new Promise((resolve) => {
    const field = h("input", { id: "token", type: "password", autocomplete: "current-password", required: true });
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "token-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "token-title" }, "The server wants its token"),
        h("p", {}, "It was started with --token. The one this page has is not accepted any more."),
        h("label", { for: "token" }, "Token"), field,
        h("div", { class: "actions end" },
          // Not a submit button: Enter would press it, because it is the first.
          h("button", { class: "plain", type: "button", onclick: () => dialog.close("no") }, "Not now"),
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
