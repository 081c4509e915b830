// @ts-check
// The router: shows the view that the part of the address after `#/` names.

import { Fault } from "./api.js";
import { announce, byId, fill, h, icon } from "./dom.js";
import { update } from "./update.js";
import { withCode } from "./words.js";

/**
 * Views by the first part of their address. Each is given the rest of the address and a signal that is aborted when the view is
 * left, and gives `{title, body, leaving?}`. If `leaving()` resolves to false, the view is not left.
 */
/** @type {Record<string, View>} */
let views = {};

/** Shows the view of the address, now and after each change of it. */
export function route(table) {
  views = table;
  addEventListener("hashchange", show);
  show();
}

export const go = (address) => { location.hash = address; };

/** @type {{address?: string?, leaving: (() => Promise<boolean>)?, close: AbortController?}} */
let current = { address: null, leaving: null, close: null };

/** Opens the view of the address again. */
export function reopen() {
  current.address = undefined;
  return show();
}

async function show() {
  const address = location.hash.replace(/^#\/?/, "");
  if (address === current.address || location.hash === "#main") return;
  if (current.leaving && !(await current.leaving())) {
    history.replaceState(null, "", `#/${current.address}`);
    return;
  }
  current.close?.abort();
  const isFirst = current.address === null;
  const close = new AbortController();
  current = { address, close, leaving: null };
  const [name, ...parts] = address.split("/").map(decoded);
  const open = views[name || "start"] ?? notFound;
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("nav [data-view]"))) {
    const isHere = link.dataset.view === (PARENTS[name] ?? (name || "start"));
    isHere ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  notice(null);
  const main = byId("main");
  let opened;
  try {
    opened = await open(parts, close.signal);
  } catch (error) {
    if (close.signal.aborted) return;
    opened = { title: "Error", body: trouble(error, reopen) };
  }
  if (close.signal.aborted) return;
  current.leaving = opened.leaving ?? null;
  fill(main, opened.body);
  document.title = opened.title ? `${opened.title} · Council` : "Council";
  scrollTo(0, 0);
  if (!isFirst) {
    main.focus({ preventScroll: true });
    announce(opened.title);
  }
}

/** Changes the address and the title of the view that is shown, without opening it again. */
export function renameView(address, title) {
  current.address = address;
  history.replaceState(null, "", `#/${address}`);
  document.title = `${title} · Council`;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The entry of the navigation to which a view belongs. */
const PARENTS = { run: "runs", blueprint: "blueprints" };

function notFound() {
  return {
    title: "Not found",
    body: h("section", { class: "empty" }, h("h1", {}, "Not found"), h("p", {}, "There is no page at this address. ", waysOn())),
  };
}

const waysOn = () => [h("a", { href: "#/" }, "Start a run"), " or see ", h("a", { href: "#/runs" }, "all runs"), "."];

/** The error that is shown in place of a view. */
function trouble(error, again) {
  if (!(error instanceof Fault)) console.error(error);
  const text = error instanceof Fault ? error.message : "The page has an error. Reload it.";
  return h("section", { class: "empty", role: "alert" },
    h("h1", {}, error.status === 404 ? "Not found" : "Something went wrong"),
    h("p", {}, withCode(text), " ", error.status === 404 && waysOn()),
    error.status !== 404 && h("button", { class: "plain", onclick: again }, icon("again"), "Try again"));
}

/** Shows a message at the lower edge of the page; null removes it. */
export function notice(text) {
  const strip = byId("notice");
  strip.hidden = !text;
  update(strip, withCode(text ?? ""));
}
