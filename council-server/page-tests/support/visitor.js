// A visitor of the page, who notes every error of the browser.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

/** Debian's Chromium, without a window. */
export function browser() {
  const executablePath = [process.env.CHROMIUM, ...PLACES].find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("there is no chromium: install it, or name it in CHROMIUM");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** A tab, and the errors in it. */
export class Visitor {
  #context;
  #faults = [];
  #expected = [];

  /** Opens a tab in a session of its own. `settings` are settings of the browser, such as size and colour scheme. */
  static async open(browser, server, settings = {}) {
    const visitor = new Visitor();
    visitor.#context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...settings });
    visitor.#context.setDefaultTimeout(PATIENCE);
    await visitor.#context.addInitScript(tellOfViolations);
    visitor.server = server;
    visitor.page = await visitor.tab();
    return visitor;
  }

  /** Opens another tab in the same session. */
  async tab() {
    const page = await this.#context.newPage();
    page.on("pageerror", (error) => this.#faults.push(`error: ${error.stack}`));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.#faults.push(`console: ${message.text()}`);
    });
    page.on("dialog", (dialog) => {
      this.#faults.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:" && protocol !== "blob:" && origin !== this.server.origin) {
        this.#faults.push(`foreign request: ${request.url()}`);
      }
    });
    page.on("websocket", (socket) => {
      const { host } = new URL(socket.url());
      if (host !== new URL(this.server.origin).host) this.#faults.push(`foreign socket: ${socket.url()}`);
    });
    return page;
  }

  /** Goes to a view of the page: `#/history`. */
  async goto(view = "") {
    await this.page.goto(this.server.url + view);
  }

  /** Expects errors of the browser that match this pattern. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  /** Fails if the browser has reported an error that the test did not expect. */
  check() {
    const faults = this.#faults.filter((fault) => !this.#expected.some((pattern) => pattern.test(fault)));
    assert.deepEqual(faults, []);
  }

  /** Fails if axe finds an accessibility fault. */
  async accessible() {
    await this.page.evaluate(AXE);
    const found = await this.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const serious = found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    assert.deepEqual(serious.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, any }) => [html, any[0]?.message]) })), []);
  }

  /** Fails if the page is wider than the window. */
  async narrow() {
    const [page, view] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(page <= view, `the page is ${page} px wide in a window of ${view} px`);
  }

  /** Writes a screenshot of the failure, and prints its path. */
  async picture(name) {
    const file = path.join(tmpdir(), `${name.replace(/\W+/g, "-")}.png`);
    await this.page.screenshot({ path: file }).catch(() => {});
    return file;
  }

  async close() {
    await this.#context.close();
  }
}

/** Runs in the page: a violation of its security policy is a fault. */
function tellOfViolations() {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
}

/** The time limit of each step, in milliseconds. */
const PATIENCE = 30_000;

const AXE = createRequire(import.meta.url)("axe-core").source;

const PLACES = ["/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
