// Calls of models that fail: they are made again, and what was shown of their answers is withdrawn.

import assert from "node:assert/strict";

import { agent, AWAY, note, of, row, standsAt, start, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

visit("a draft that breaks off is withdrawn and written again", async ({ visitor, page, provider }) => {
  const topic = "Reviews, broken off";
  const held = provider.hold(of(topic, "master_agent", 0));
  await start(visitor, topic);
  const first = await held.next();
  first.write("# The first attempt\n\nHalf a sentence");
  await text(page).getByText("Half a sentence").waitFor();
  first.breakOff();
  const again = await held.next();
  await note(page, /^Master tries again, attempt 2\. The answer of model .*/).waitFor();
  await text(page).getByText("Master begins again. Its text so far was withdrawn.").waitFor();
  assert.equal(await text(page).getByText("Half a sentence").count(), 0);
  await row(page, "Master").getByText("attempt 2").waitFor();
  await agent(page, "Master").and(page.locator(".active")).waitFor();
  await visitor.accessible();

  // With the first words of the second attempt the note has done its work.
  again.write("# The second attempt\n\n");
  await text(page).getByRole("heading", { name: "The second attempt" }).waitFor();
  await note(page, "").waitFor({ state: "hidden" });
  again.write("All of it.");
  again.end();
  held.release();
  await standsAt(page, "Completed");
  await page.getByRole("group", { name: "Versions of the text" }).getByRole("button", { name: /^Draft 1/ }).click();
  await text(page).getByText("All of it.").waitFor();
  assert.equal(await text(page).getByText("The first attempt").count(), 0);

  // The table has the call that broke off too, which may have cost something.
  await page.getByText("8 calls, 1 failed, 1 repeated, continued or cut").click();
  const calls = page.locator(".calls tbody tr");
  assert.equal(await calls.count(), 8);
  assert.match(await calls.first().innerText(), /^Master\s+openai\/example\s+–\s+–\s+[\d.]+ s\s+1\s+failed\s+the connection to openai at \S+ failed: /);
  assert.match(await calls.nth(1).innerText(), /^Master\s+openai\/example\s+120\s+80\s+[\d.]+ s\s+2\s+complete$/);
  await calls.last().scrollIntoViewIfNeeded();
  await visitor.accessible();
  await page.setViewportSize({ width: 320, height: 640 });
  await visitor.narrow();
  await calls.last().scrollIntoViewIfNeeded();
});

visit("a run that has failed names its agent and its calls, and after it is tried again each call once", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, failed";
  const held = provider.hold(of(topic, "master_agent", 0));
  await start(visitor, topic);
  const first = await held.next();
  first.write("Half a sentence");
  first.breakOff();
  // The table has the failed call while the next one is at work.
  const again = await held.next();
  await page.getByText("1 call, 1 failed").click();
  const calls = page.locator(".calls tbody tr");
  await calls.getByText(/the connection to openai at \S+ failed/).waitFor();
  again.refuse(401, "the key is wrong");
  await standsAt(page, "Failed");
  const tells = async () => {
    await note(page, /^The run failed\. .*the key is wrong/).waitFor();
    await row(page, "Master").getByText("failed, attempt 2").waitFor();
    assert.match(await row(page, "Master").getByRole("cell").last().innerText(), /^[\d.]+ s$/);
    await agent(page, "Master").and(page.locator(".failed")).getByText("failed, attempt 2").waitFor();
  };
  await tells();
  await page.reload();
  await tells();
  // What stands in backticks is code.
  await note(page, "").locator("code", { hasText: /^master_agent$/ }).waitFor();
  assert.equal(await page.getByText("`").count(), 0);
  await page.goto(`${server.url}#/runs`);
  const entry = page.getByRole("listitem").filter({ hasText: topic });
  await entry.getByText(/the key is wrong/).waitFor();
  await visitor.accessible();
  await entry.click();
  await page.getByText("1 call, 1 failed").click();
  assert.equal(await calls.count(), 1);
  await visitor.accessible();
  held.release();
  await page.getByRole("button", { name: "Try again" }).click();
  await standsAt(page, "Completed");
  await page.getByText("8 calls, 1 failed, 1 repeated, continued or cut").click();
  assert.equal(await calls.count(), 8);
  assert.equal(await page.locator(".node.failed, .agents .failed").count(), 0);
  // The agent that failed has started again, on the same edge.
  const edges = await page.locator(".graph .edge-label:not([hidden])").allTextContents();
  assert.deepEqual(edges.filter((words) => words.includes("×")).sort(), ["3×", "score < 8 · 2×", "score >= 8 · 1×"]);
});

visit("a page that reconnects or is opened while a call is repeated says so", async ({ visitor, page, provider }) => {
  let socket;
  let withdrawn;
  await page.routeWebSocket(/\/ws\/council\//, (route) => {
    socket = route;
    route.connectToServer().onMessage((message) => {
      route.send(message);
      if (["node_retry", "tokens_withdrawn"].includes(JSON.parse(String(message)).event)) withdrawn?.();
    });
  });
  const topic = "Reviews, seen late";
  const held = provider.hold(of(topic, "master_agent", 0));
  await start(visitor, topic);
  const first = await held.next();
  first.write("Half a sentence");
  await text(page).getByText("Half a sentence").waitFor();
  first.breakOff();
  const again = await held.next();
  const says = async () => {
    await note(page, /^Master tries again, attempt 2\. The answer of model .*/).waitFor();
    await row(page, "Master").getByText("attempt 2").waitFor();
  };
  await says();
  const told = new Promise((resolve) => { withdrawn = resolve; });
  await socket.close({ code: 1011 });
  await told;
  // Two frames, so that the page has drawn what it was told.
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  await says();
  await text(page).getByText("Master begins again. Its text so far was withdrawn.").waitFor();
  await page.reload();
  await says();
  again.answer();
  held.release();
  await standsAt(page, "Completed");
});

visit("a verdict that breaks off is withdrawn and given again", async ({ visitor, page, provider }) => {
  const topic = "Reviews, judged again";
  const held = provider.hold(of(topic, "critic_agent", 0));
  await start(visitor, topic);
  const first = await held.next();
  first.write("SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: The first opinion");
  await page.locator(".verdict", { hasText: "The first opinion" }).waitFor();
  first.breakOff();
  const again = await held.next();
  await note(page, /^Critic tries again, attempt 2\. The answer of model .*/).waitFor();
  await page.locator(".verdict", { hasText: "The first opinion" }).waitFor({ state: "detached" });
  again.answer();
  held.release();
  await standsAt(page, "Completed");
  await page.getByRole("img", { name: "Scores: round 1, 5.5; round 2, 7.2; round 3, 8.8. 8 or more is approved." }).waitFor();
});

visit("a draft that was cut is continued, and is the document if the writer is not allowed to write", async ({ visitor, page, provider }) => {
  const topic = "Reviews, withheld";
  const drafts = provider.hold(of(topic, "master_agent", 0));
  const critics = provider.hold(of(topic, "critic_agent"));
  const writers = provider.hold(of(topic, "writer_agent"));
  await start(visitor, topic);
  const first = await drafts.next();
  first.write("# A draft in two parts\n\nThe first half of ");
  first.end("length");
  const second = await drafts.next();
  second.write("the sentence.");
  second.end();
  const judge = await critics.next();
  judge.write("SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: Good.");
  judge.end();
  const refuse = async () => {
    (await writers.next()).end("content_filter");
    return refuse();
  };
  refuse();
  await standsAt(page, "Completed");
  await note(page, /^The document is the last draft: the writer gave no text that can be used\. .*withheld/).waitFor();
  await text(page).getByText("The first half of the sentence.").waitFor();
  await visitor.accessible();
  await page.getByText("8 calls, 5 failed, 2 repeated, continued or cut").click();
  await page.locator(".calls").getByText("continues the previous answer").waitFor();
  await page.locator(".calls").getByText("cut at its limit").waitFor();
  await page.locator(".calls tbody tr").last().getByText("the provider withheld the answer or a part of it").waitFor();
  await page.locator(".calls tbody tr").last().scrollIntoViewIfNeeded();
});

visit("a call whose answer had no text is made again, and the table says why", async ({ visitor, page, provider }) => {
  const topic = "Reviews, without a word";
  const held = provider.hold(of(topic, "master_agent", 0));
  await start(visitor, topic);
  (await held.next()).end("length");
  held.release();
  await standsAt(page, "Completed");
  await page.getByText("8 calls, 2 repeated, continued or cut").click();
  const [first, second] = [page.locator(".calls tbody tr").nth(0), page.locator(".calls tbody tr").nth(1)];
  await first.getByText("cut at its limit").waitFor();
  await second.getByText("repeated: the previous answer had no text").waitFor();
});

visit("a cancelled run is tried again from where it was", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, taken up again";
  const held = provider.hold(of(topic, "critic_agent", 0));
  const id = await start(visitor, topic);
  await held.next();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await standsAt(page, "Cancelled");
  held.release();
  const drafts = provider.hold(of(topic, "master_agent", 0));
  await page.getByRole("button", { name: "Try again" }).click();
  await standsAt(page, "Completed");
  drafts.release();
  const { body } = await server.request("GET", `/api/runs/${id}/events`);
  const names = body.map(({ event }) => event);
  assert.deepEqual(names.filter((name) => name.startsWith("run_")), ["run_cancelled", "run_resumed", "run_complete"]);
  assert.equal(names.filter((name) => name === "node_complete").length, 7);
});

visit("a run on a server with other models says so, and goes on with them when it is tried again", async ({ visitor, page, provider, server }) => {
  visitor.expect(AWAY);
  const topic = "Reviews, by another model";
  const held = provider.hold(of(topic, "critic_agent", 0));
  await start(visitor, topic);
  await held.next();
  await server.kill();
  await page.getByText("Not connected to the server.").first().waitFor();
  await server.again({ model: "openai/another" });
  await note(page, /^The run cannot continue\. The models of the run differ .* have openai\/example in the run and openai\/another on this server/).waitFor();
  await standsAt(page, "Waiting");
  await visitor.accessible();
  const other = await visitor.tab();
  await other.goto(page.url());
  await note(other, /^The run cannot continue\./).waitFor();
  assert.equal(await row(other, "Writer").getByText("openai/example").count(), 1);

  held.release();
  await page.getByRole("button", { name: "Try again" }).click();
  await standsAt(page, "Completed");
  // Both tabs show the new models, in the table and in the graph.
  for (const tab of [page, other]) {
    await standsAt(tab, "Completed");
    await row(tab, "Writer").getByText("openai/another").waitFor();
    assert.deepEqual(await tab.locator(".graph .model").allTextContents(), Array(3).fill("openai/another"));
  }
  await page.getByText("7 calls").click();
  const calls = page.locator(".calls tbody tr");
  assert.match(await calls.first().innerText(), /^Master\s+openai\/example/);
  assert.match(await calls.last().innerText(), /^Writer\s+openai\/another/);

  // The replay shows the models of each time, also after a move back.
  await other.goto(`${other.url()}/replay`);
  const time = other.getByLabel("Time in the run");
  for (const [key, model] of [["End", "openai/another"], ["Home", "openai/example"], ["End", "openai/another"]]) {
    await time.press(key);
    // It plays until its end, and then stays where it is moved to.
    if (key === "End") await other.getByRole("button", { name: "Play", exact: true }).waitFor();
    await row(other, "Writer").getByText(model).waitFor();
    assert.deepEqual(await other.locator(".graph .model").allTextContents(), Array(3).fill(model));
  }
  await server.kill();
  await server.again();
});
