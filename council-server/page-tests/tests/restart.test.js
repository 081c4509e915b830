// The server is killed during a run and started again; the page reconnects by itself.

import assert from "node:assert/strict";

import { agent, asked, AWAY, of, standsAt, start, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

visit("a run of a killed server is shown to its end", async ({ visitor, page, provider, server }) => {
  visitor.expect(AWAY);
  const topic = "Reviews, over a restart";
  const critics = provider.hold(of(topic, "critic_agent"));
  const id = await start(visitor, topic);
  await critics.next();
  await agent(page, "Critic").and(page.locator(".active")).waitFor();
  await server.kill();
  await page.getByText("Not connected to the server.").first().waitFor();
  await server.again();
  // Only the unfinished text is requested again.
  const again = await critics.next();
  again.answer();
  critics.release();
  await standsAt(page, "Completed");
  await page.locator("#notice").waitFor({ state: "hidden" });
  await text(page).getByText("a script wrote it for a test of the page").waitFor();

  // Nothing is lost or repeated: three rounds, and the same number of texts for each agent as in the run.
  await page.getByRole("img", { name: "Scores: round 1, 5.5; round 2, 7.2; round 3, 8.8. 8 or more is approved." }).waitFor();
  const turns = (name) => page.locator(".agents tr", { has: page.getByRole("rowheader", { name: new RegExp(`^${name}`) }) }).locator("td").first().textContent();
  assert.deepEqual([await turns("Master"), await turns("Critic"), await turns("Writer")], ["3", "3", "1"]);
  const { body } = await server.request("GET", `/api/runs/${id}/events`);
  const ended = body.filter(({ event }) => event === "node_complete").length;
  assert.equal(ended, 7);
  const shown = await page.locator(".versions button").allTextContents();
  await page.reload();
  await standsAt(page, "Completed");
  await page.waitForFunction((count) => document.querySelectorAll(".versions button").length === count, shown.length);
  assert.deepEqual(await page.locator(".versions button").allTextContents(), shown);
});

visit("a start whose answer is lost is sent again, also after a reload, and makes one run", async ({ visitor, page, server }) => {
  visitor.expect(/ERR_CONNECTION_RESET/);
  const topic = "Reviews, whose answer is lost";
  // The server accepts the start, and its answer does not come through.
  await page.route("**/api/councils/run", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  }, { times: 1 });
  await visitor.goto("#/");
  await page.getByRole("textbox", { name: "What should the council write about?" }).fill(topic);
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.getByText("The server does not answer.").waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.waitForURL(/#\/run\/[^/]+$/);
  const runs = async () => (await server.request("GET", "/api/runs/?limit=200")).body.filter((run) => run.input_topic === topic).length;
  assert.equal(await runs(), 1);
  // An answered start is over: the next one with the same topic is another run.
  await start(visitor, topic);
  assert.equal(await runs(), 2);
});

visit("a pause is shown again after a restart of the server", async ({ visitor, page, server }) => {
  visitor.expect(AWAY);
  await start(visitor, "Reviews, asked over a restart", { chair: true });
  await asked(page, "Master");
  await server.kill();
  await page.getByText("Not connected to the server.").first().waitFor();
  await server.again();
  await page.locator("#notice").waitFor({ state: "hidden" });
  await asked(page, "Master");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await asked(page, "Critic");
});

visit("unsaved changes in the editor are kept during a restart of the server", async ({ visitor, page, server }) => {
  visitor.expect(AWAY);
  await visitor.goto("#/blueprint/new/council");
  await page.getByRole("textbox", { name: "Name of the council" }).fill("Kept");
  await server.kill();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The server does not answer.").first().waitFor();
  await server.again();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  const { body } = await server.request("GET", "/api/councils/");
  assert.deepEqual(body.map(({ name }) => name), ["Kept"]);
});
