// Runs behind proxies that pass no WebSocket on, hold answers back, or hide the address of the page from the server.

import assert from "node:assert/strict";

import { Proxy } from "../support/proxy.js";
import { agent, of, standsAt, start, taken, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

/** The errors of the browser about the refused sockets. */
const REFUSED = /WebSocket connection to .* failed|status of 403/;

/** A test whose visitor sees the server through a proxy. */
function visitThrough(options, name, act) {
  visit(name, async (stage) => {
    const proxy = await Proxy.start(stage.server, options);
    stage.visitor.expect(REFUSED);
    stage.visitor.server = proxy;
    try {
      await act(stage);
    } finally {
      proxy.stop();
    }
  });
}

/** Starts a run without the page, and returns its id. */
async function started(server, topic) {
  const { status, body } = await server.request("POST", "/api/councils/run", { input_topic: topic });
  assert.equal(status, 202);
  return body.run_id;
}

async function ended(server, id) {
  const response = await fetch(`${server.origin}/api/runs/${id}/events`, { headers: { accept: "text/event-stream" } });
  await response.text();
}

visitThrough({}, "a finished run is drawn without a socket", async ({ visitor, page, server }) => {
  const id = await started(server, "Reviews, of the past");
  await ended(server, id);
  await visitor.goto(`#/run/${id}`);
  await standsAt(page, "Completed");
  await text(page).getByText("a script wrote it for a test of the page").waitFor();
  await page.getByRole("img", { name: "Scores: round 1, 5.5; round 2, 7.2; round 3, 8.8. 8 or more is approved." }).waitFor();
  await agent(page, "Writer").and(page.locator(".done")).waitFor();
  assert.equal(await taken(page), 5);
  // Nothing is missing, so nothing is said.
  assert.equal(await page.locator("#notice").isVisible(), false);
});

visitThrough({}, "a live run is shown token by token without a socket, and the page says so", async ({ visitor, page, provider }) => {
  const topic = "Reviews, streamed";
  const held = provider.hold(of(topic, "writer_agent"));
  await start(visitor, topic);
  const call = await held.next();
  await agent(page, "Writer").and(page.locator(".active")).waitFor();
  call.write("# Half of");
  await text(page).getByRole("heading", { name: "Half of", exact: true }).waitFor();
  call.write(" a title");
  await text(page).getByRole("heading", { name: "Half of a title", exact: true }).waitFor();
  await page.locator("#notice", { hasText: "The WebSocket of this run does not come through. The page uses plain requests instead. A proxy may not pass WebSockets on." }).waitFor();
  call.end();
  await standsAt(page, "Completed");
  await page.locator("#notice").waitFor({ state: "hidden" });
  assert.equal(await taken(page), 5);
});

visitThrough({ buffers: true }, "a live run is shown behind a proxy that holds answers back", async ({ visitor, page, provider }) => {
  const topic = "Reviews, held back";
  const held = provider.hold(of(topic, "writer_agent"));
  await start(visitor, topic);
  const call = await held.next();
  await agent(page, "Writer").and(page.locator(".active")).waitFor();
  await page.getByRole("img", { name: /round 3, 8.8/ }).waitFor();
  call.answer();
  await standsAt(page, "Completed");
  await text(page).getByText("a script wrote it for a test of the page").waitFor();
});

visitThrough({ sockets: true, ownHost: true }, "a page whose address is not allowed shows the run, and says why it is not live", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, from elsewhere";
  const held = provider.hold(of(topic, "critic_agent", 0));
  const id = await started(server, topic);
  const call = await held.next();
  await visitor.goto(`#/run/${id}`);
  await agent(page, "Critic").and(page.locator(".active")).waitFor();
  await page.locator("#notice", { hasText: "The server does not accept calls from the address of this page." }).waitFor();
  call.answer();
  held.release();
  await standsAt(page, "Completed");
  await text(page).getByText("a script wrote it for a test of the page").waitFor();
});

// The last test: until the wait ends, the provider is not called.
visitThrough({ buffers: true }, "a wait is shown without a socket", async ({ visitor, page, provider }) => {
  const topic = "Reviews, waiting behind a proxy";
  const held = provider.hold(of(topic, "critic_agent", 0));
  await start(visitor, topic);
  (await held.next()).refuse(429, "the quota of this day is used up", { retryAfter: 3_600 });
  await page.locator(".run > .note", { hasText: "the quota of this day is used up" }).waitFor();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await standsAt(page, "Cancelled");
});
