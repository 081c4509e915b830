// @ts-check
// Which view is shown: the part of the address after `#/` says so.

import { Fault } from "./api.js";
import { announce, byId, fill, h, icon, write } from "./dom.js";

/**
 * Views by the first part of their address. Each is given the rest of the address and a signal that is aborted when the view is
 * left, and gives `{title, body, leaving?}`. If `leaving()` resolves to false, the view is not left.
 */
/** @type {Record<string, View>} */
let views = {};

/** Shows the view that the address names, now and whenever it changes. */
export function route(table) {
  views = table;
  addEventListener("hashchange", show);
  show();
}

export const go = (address) => { location.hash = address; };

/** @type {{address?: string?, leaving: (() => Promise<boolean>)?, close: AbortController?}} */
let current = { address: null, leaving: null, close: null };

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
    opened = { title: "Not shown", body: trouble(error, () => { current.address = undefined; show(); }) };
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

/** Gives the view that is shown another address and title, as it has got them by what was done in it. */
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

/** In the navigation, a single run belongs to the runs. */
const PARENTS = { run: "runs", blueprint: "blueprints" };

function notFound() {
  return {
    title: "Nothing here",
    body: h("section", { class: "empty" }, h("h1", {}, "Nothing here"), h("p", {}, "This address leads nowhere. ", waysOn())),
  };
}

const waysOn = () => [h("a", { href: "#/" }, "Start a run"), " or look at ", h("a", { href: "#/runs" }, "those there are"), "."];

/** What is shown in place of something that could not be had. */
function trouble(error, again) {
  if (!(error instanceof Fault)) console.error(error);
  const text = error instanceof Fault ? error.message : "Something went wrong in this page. Reload it.";
  return h("section", { class: "empty", role: "alert" },
    h("h1", {}, error.status === 404 ? "It is not there" : "That did not work"),
    h("p", {}, text, " ", error.status === 404 && waysOn()),
    error.status !== 404 && h("button", { class: "plain", onclick: again }, icon("again"), "Try again"));
}

/** A strip at the lower edge for what concerns the whole page; null takes it away. */
export function notice(text) {
  const strip = byId("notice");
  strip.hidden = !text;
  write(strip, text ?? "");
}
