// New agents in the editor: where they are, what they are connected with, and what happens to agents that nothing leads to.

import assert from "node:assert/strict";

import { apart, begin, card, save, stored } from "../support/editor.js";
import { idOf, standsAt } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

/** Fails if the card of an agent is not wholly within the canvas. */
async function inView(page, name) {
  const [agent, board] = [await card(page, name).boundingBox(), await page.locator(".editor-canvas").boundingBox()];
  const isInside = agent.x >= board.x && agent.y >= board.y && agent.x + agent.width <= board.x + board.width && agent.y + agent.height <= board.y + board.height;
  assert.ok(isInside, `${name} is out of view`);
}

/** The start of a stored blueprint, by name. */
const startOf = ({ body }) => body.nodes.find(({ id }) => id === body.start).label;

visit("a new agent is in view, beside the selected one and connected, and the start stays", async ({ visitor, page, server }) => {
  await begin(visitor, /^Author, critic, editor/);
  await card(page, "Author").click();
  await page.getByRole("button", { name: "Add agent" }).click();
  await inView(page, "Agent 4");
  await apart(page, ["Author", "Critic", "Editor", "Agent 4"]);
  // Without a selection, the agent comes after the last one.
  await page.keyboard.press("Escape");
  for (const name of ["Agent 5", "Agent 6"]) {
    await page.getByRole("button", { name: "Add agent" }).click();
    await inView(page, name);
  }
  assert.equal(await page.locator(".agent-card.unreached").count(), 0);
  const found = await stored(server, await save(page));
  assert.equal(startOf(found), "Author");
  const added = found.edges.filter(([, target]) => target.startsWith("Agent"));
  assert.deepEqual(added, [["Author", "Agent 4", "linear", null], ["Agent 4", "Agent 5", "linear", null], ["Agent 5", "Agent 6", "linear", null]]);
});

visit("a copy of an agent has its connections, and the council still runs", async ({ visitor, page, server }) => {
  await begin(visitor, /^Author, critic, editor/);
  await card(page, "Critic").click();
  await page.getByRole("button", { name: "Duplicate", exact: true }).click();
  await inView(page, "Critic copy");
  await page.keyboard.press("Escape");
  await card(page, "Author").click();
  await page.getByRole("button", { name: "Duplicate", exact: true }).click();
  await inView(page, "Author copy");
  await apart(page, ["Author", "Critic", "Editor", "Critic copy", "Author copy"]);
  const found = await stored(server, await save(page));
  assert.equal(startOf(found), "Author");
  assert.deepEqual(found.edges.filter((edge) => edge.includes("Critic copy") && !edge.includes("Author copy")), [
    ["Author", "Critic copy", "linear", null],
    ["Critic copy", "Author", "conditional", "rework"],
    ["Critic copy", "Editor", "conditional", "approve"],
  ]);
  assert.equal(await page.locator(".agent-card.unreached").count(), 0);
});

visit("a run with an unreachable agent needs a confirmation", async ({ visitor, page, server }) => {
  await begin(visitor, /^Author, critic, editor/);
  await page.getByRole("button", { name: "Add agent" }).click();
  await page.getByRole("button", { name: /^Delete the connection/ }).first().click();
  const id = await save(page);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const question = page.getByRole("dialog", { name: "Run without it?" });
  await question.getByText("Agent 4 is unreachable").waitFor();
  await visitor.accessible();
  await question.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await question.getByRole("button", { name: "Run without" }).click();
  await page.getByRole("dialog", { name: "Run “Author, critic, editor”" }).getByRole("button", { name: "Cancel" }).click();
  // The first view asks too.
  await visitor.goto(`#/start/${id}`);
  await page.getByRole("textbox", { name: "What should the council write about?" }).fill("Reviews, without one");
  await page.getByRole("button", { name: "Start the run" }).click();
  await question.getByRole("button", { name: "Run without" }).click();
  await page.waitForURL(/#\/run\/[^/]+$/);
  await standsAt(page, "Completed");
  assert.equal((await server.request("GET", `/api/runs/${idOf(page)}`)).body.blueprint_id, id);
});
