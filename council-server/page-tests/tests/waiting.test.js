// Runs that wait for a model: the page says until when, and the run goes on by itself.

import assert from "node:assert/strict";

import { agent, AWAY, note, of, row, standsAt, start } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

visit("a run that waits for a quota says until when, and goes on by itself", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, after a pause";
  const held = provider.hold(of(topic, "critic_agent", 0));
  const id = await start(visitor, topic);
  // On a busy machine a wait may be over before it is seen; then the next one is.
  const refuse = async () => {
    (await held.next()).refuse(429, "the quota of this minute is used up", { retryAfter: 3 });
    return refuse();
  };
  refuse();
  await note(page, /^The run waits, and goes on by itself in [1-9] s, at .*the quota of this minute is used up/).waitFor();
  held.release();
  await standsAt(page, "Completed");
  assert.equal(await page.getByText("goes on by itself").count(), 0);
  const { body } = await server.request("GET", `/api/runs/${id}/events`);
  assert.equal(body.filter(({ event }) => event === "node_complete").length, 7);
});

visit("a wait of an hour is shown, also by a page that comes later and by a server that was killed", async ({ visitor, page, provider, server }) => {
  visitor.expect(AWAY);
  const topic = "Reviews, in an hour";
  const held = provider.hold(of(topic, "critic_agent", 0));
  await start(visitor, topic);
  (await held.next()).refuse(429, "the quota of this day is used up", { retryAfter: 3_600 });
  const wait = note(page, /^The run waits, and goes on by itself in (1 h 0|59) min.*, at .*the quota of this day is used up/);
  await wait.waitFor();
  await standsAt(page, "Waiting");
  await row(page, "Critic").getByText("waiting").waitFor();
  await page.locator(".verdict", { hasText: "Critic · waiting" }).waitFor();
  assert.equal(await page.title(), `Waiting: ${topic} · Council`);
  await visitor.accessible();
  const list = await visitor.tab();
  await list.goto(`${server.url}#/runs`);
  const entry = list.getByRole("listitem").filter({ hasText: topic });
  await entry.getByText(/^Until .*: .*the quota of this day is used up/).waitFor();
  await entry.locator(".status", { hasText: "Waiting" }).waitFor();
  await list.close();
  await page.setViewportSize({ width: 320, height: 640 });
  await visitor.narrow();
  await page.reload();
  await wait.waitFor();
  await agent(page, "Critic").and(page.locator(".active")).waitFor();
  await server.kill();
  await page.getByText("Not connected to the server.").first().waitFor();
  await server.again();
  await page.locator("#notice").waitFor({ state: "hidden" });
  await wait.waitFor();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await standsAt(page, "Cancelled");
  await wait.waitFor({ state: "detached" });
});
