// Calls of models that wait for their turn: how long is not known, so the page shows no time.

import assert from "node:assert/strict";

import { agent, of, standsAt, start, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage({ flags: ["--concurrency", "1"] });

visit("a run that waits for a free slot says so without a time, until its call is sent", async ({ visitor, page, provider }) => {
  const [first, second] = ["Reviews, at work", "Reviews, next in turn"];
  const held = provider.hold(of(first, "master_agent", 0));
  const sent = provider.hold(of(second, "master_agent", 0));
  await start(visitor, first);
  const before = await held.next();
  await start(visitor, second);
  const wait = page.locator(".run > .note", { hasText: /^The run waits, and goes on by itself\. A call of model .* waits for a free slot\.$/ });
  await wait.waitFor();
  await standsAt(page, "Waiting");
  await page.locator(".agents tr", { hasText: "Master" }).getByText("waiting").waitFor();
  await visitor.accessible();
  await page.reload();
  await wait.waitFor();
  await agent(page, "Master").and(page.locator(".active")).waitFor();

  // The call is sent. Its wait is over before its first token.
  before.answer();
  const call = await sent.next();
  await wait.waitFor({ state: "detached" });
  await standsAt(page, "Running");
  await page.locator(".agents tr", { hasText: "Master" }).getByText("running").waitFor();
  assert.equal(await text(page).getByText("A review is a talk").count(), 0);
  call.answer();
  held.release();
  sent.release();
  await standsAt(page, "Completed");
});
