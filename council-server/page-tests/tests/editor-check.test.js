// The editor shows the faults and warnings of a blueprint at the agents and fields concerned.

import assert from "node:assert/strict";

import { CHECK, ROLES, begin, card, fillAgent, holdCheck, middle, save, stored } from "../support/editor.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

visit("the canvas marks the start, critics, and agents that cannot be reached", async ({ visitor, page }) => {
  await begin(visitor, /^Author, critic, editor/);
  const says = (name, marks) => page.getByRole("button", { name: `${name} model openai/example${marks}`, exact: true }).and(card(page, name)).waitFor();
  await says("Author", " Start");
  await says("Critic", " Critic");
  await says("Editor", "");
  await page.getByRole("button", { name: "Delete the connection Critic to Editor on “approve”" }).click();
  await says("Editor", " Unreachable");
  await page.getByLabel("Start", { exact: true }).selectOption("Editor");
  await says("Editor", " Start");
  await says("Author", " Unreachable");
  await page.getByRole("button", { name: "Add agent" }).click();
  await fillAgent(page, { name: "Reader", role: ROLES.critic });
  // The new agent comes after the last one.
  await says("Reader", " Critic");
  // If the start is deleted, the first remaining agent becomes the start. No edge leads from it to an end.
  await card(page, "Editor").focus();
  await page.keyboard.press("Delete");
  await says("Author", " Start Warning");
});

visit("the time limits of an agent are shown, kept and changed", async ({ visitor, page, server }) => {
  const node = { id: "poet", label: "Poet", role: "agent", model: "openai/example", timeouts: { firstToken: 7200, total: 0.5 }, patience: 600 };
  const { body } = await server.request("POST", "/api/councils/", { version: 2, name: "Slow", start: "poet", nodes: [node], edges: [] });
  await visitor.goto(`#/blueprint/${body.id}`);
  await card(page, "Poet").click();
  await page.getByText("Time limits", { exact: true }).click();
  const field = (label) => page.getByLabel(label, { exact: true });
  const shown = async () => Promise.all(["First token", "Between tokens", "Whole answer", "Patience"].map((label) => field(label).inputValue()));
  assert.deepEqual(await shown(), ["2h", "", "0.5s", "10m"]);
  await field("First token").fill("0");
  await page.getByText("Node \"poet\" has the time limit firstToken of 0 seconds: give it a time above 0.").waitFor();
  await field("Patience").fill("soon");
  await page.getByText(/soon is not a time/).first().waitFor();
  await field("First token").fill("");
  await field("Between tokens").fill("1.5h");
  await field("Patience").fill("");
  await field("Whole answer").fill("90");
  await save(page);
  assert.deepEqual(await shown(), ["", "1.5h", "90", ""]);
  const [saved] = (await stored(server, body.id)).body.nodes;
  assert.deepEqual([saved.timeouts, saved.patience], [{ betweenTokens: 5400, total: 90 }, undefined]);
  await page.reload();
  await card(page, "Poet").click();
  assert.deepEqual(await shown(), ["", "90m", "90s", ""]);
});

visit("the roles of a council of version 1 are shown as guessed, until it is saved", async ({ visitor, page, server }) => {
  const node = (label, systemPrompt) => ({ id: label, label, systemPrompt, model: "openai/example" });
  const nodes = [node("Poet", "You write."), node("Judge", "You review what others write.")];
  const edges = [{ source: "Poet", target: "Judge" }];
  const { body } = await server.request("POST", "/api/councils/", { version: 1, name: "Old", nodes, edges });
  await visitor.goto(`#/blueprint/${body.id}`);
  const note = page.getByText("The start was guessed: Poet. The roles were guessed from the prompts: Poet: agent, Judge: critic.");
  await note.waitFor();
  await card(page, "Judge").click();
  assert.equal(await page.getByLabel("Role", { exact: true }).inputValue(), "critic");
  await page.keyboard.press("Escape");
  await save(page);
  await note.waitFor({ state: "detached" });
  await page.reload();
  await card(page, "Judge").waitFor();
  assert.equal(await note.count(), 0);
});

visit("an unavailable model is a warning with the missing setting", async ({ visitor, page }) => {
  await begin(visitor, /^Author, critic, editor/);
  await card(page, "Critic").click();
  await page.getByText("Provider: OpenAI").waitFor();
  await fillAgent(page, { model: "claude-sonnet-4-5" });
  await page.getByText("Unavailable: ANTHROPIC_API_KEY is not set on the server.").waitFor();
  await card(page, "Critic").getByText("Warning").waitFor();
});

visit("a fault that the server finds is shown at its field", async ({ visitor, page }) => {
  visitor.expect(/status of 422/);
  await begin(visitor, /^Author, critic, editor/);
  await card(page, "Critic").click();
  await fillAgent(page, { model: "nobody" });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator('[data-agent="critic"]').and(page.getByRole("button", { name: /Error/ })).waitFor();
  const model = page.getByLabel("Model", { exact: true });
  await model.and(page.locator('[aria-invalid="true"]')).waitFor();
  assert.match(await page.locator("#editor-model-fault").textContent(), /nobody/);
  await fillAgent(page, { model: "openai/example" });
  await page.locator("#editor-model-fault").waitFor({ state: "hidden" });
  await save(page);
});

visit("a critic that can only send back gets a warning", async ({ visitor, page }) => {
  await begin(visitor, /^Author, critic, editor/);
  await card(page, "Editor").click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await card(page, "Critic").getByText("Warning").waitFor();
  await card(page, "Critic").click();
  await page.getByText(/has no edge for "approve": the run takes its first edge, to "author"\.$/).waitFor();
});

for (const moment of ["before the press", "after the press", "on the way", "at the target"]) {
  visit(`a connection is pulled while the check of the server arrives ${moment}`, async ({ visitor, page }) => {
    const first = page.waitForResponse(CHECK);
    await begin(visitor, /^Author, critic, editor/);
    await first;
    const answer = await holdCheck(page);
    await page.getByRole("button", { name: "Delete the connection Critic to Editor on “approve”" }).click();
    const port = await card(page, "Editor").locator(".port").elementHandle();
    const [start, target] = [await middle(port), await middle(card(page, "Author"))];
    const reach = async (now) => {
      if (now !== moment) return;
      await answer();
      await card(page, "Editor").getByText("Unreachable").waitFor();
      assert.deepEqual(await middle(port), start, "the port is the same element in the same place");
    };
    await page.mouse.move(...start);
    await reach("before the press");
    await page.mouse.down();
    await reach("after the press");
    await page.mouse.move((start[0] + target[0]) / 2, (start[1] + target[1]) / 2);
    await reach("on the way");
    await page.mouse.move(...target);
    await reach("at the target");
    await page.mouse.up();
    await page.getByRole("heading", { name: "Connection", exact: true }).waitFor();
    assert.equal(await page.getByLabel("To", { exact: true }).inputValue(), "author");
  });
}
