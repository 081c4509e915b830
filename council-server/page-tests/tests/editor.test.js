// The editor: a blueprint is made and changed with the mouse, with the keyboard and by the forms.

import assert from "node:assert/strict";

import { ROLES, apart, begin, card, fillAgent, move, pull, save, stored, tabTo } from "../support/editor.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

const PAIR = {
  name: "Pair",
  nodes: [["Poet", "openai/poet", "agent"], ["Critic", "openai/critic", "critic"], ["Printer", "openai/poet", "agent"]],
  edges: [
    ["Poet", "Critic", "linear", null],
    ["Critic", "Printer", "conditional", "approve"],
    ["Critic", "Poet", "conditional", "rework"],
  ],
};

visit("a council is made with the mouse", async ({ visitor, page, server }) => {
  await begin(visitor, /^Empty/);
  await page.getByRole("textbox", { name: "Name of the council" }).fill("Pair");
  for (const [name, model, role] of PAIR.nodes) {
    await page.getByRole("button", { name: "Add agent" }).click();
    await fillAgent(page, { name, model, prompt: `You are the ${name}.`, role: ROLES[role] });
  }
  await page.getByRole("button", { name: "Show all" }).click();
  // Each agent comes after the one before.
  assert.equal(await page.locator(".editor-edge").count(), 2);
  await pull(page, "Printer", "Poet");
  assert.equal(await page.getByLabel("Condition", { exact: true }).inputValue(), "", "an edge from an agent has no condition");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await pull(page, "Critic", "Poet");
  assert.equal(await page.getByLabel("Condition", { exact: true }).inputValue(), "rework", "the way on is for approval, so the way back is for rework");
  await move(page, "Printer", -80, 120);

  const id = await save(page);
  const { body, ...found } = await stored(server, id);
  assert.deepEqual(found, PAIR);
  const [poet, , printer] = body.nodes.map((node) => node.position);
  assert.ok(printer.y > poet.y, "the new position is saved");

  await page.reload();
  await card(page, "Printer").waitFor();
  assert.equal(await page.locator(".editor-edge").count(), 3);
});

visit("the canvas is moved and zoomed, and its agents are arranged", async ({ visitor, page }) => {
  await begin(visitor, /^Parallel authors/);
  const board = await page.locator(".editor-canvas").boundingBox();
  const isInside = async (name) => {
    const { x, y, width, height } = await card(page, name).boundingBox();
    return x >= board.x && y >= board.y && x + width <= board.x + board.width && y + height <= board.y + board.height;
  };
  const names = ["Planner", "The case for", "The case against", "Synthesiser", "Critic", "Editor"];
  const areInside = async () => (await Promise.all(names.map(isInside))).every(Boolean);
  await card(page, "Editor").waitFor();
  assert.ok(await areInside(), "all agents are in view at first");
  const { width } = await card(page, "Planner").boundingBox();
  await page.mouse.move(board.x + 20, board.y + 20);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -500);
  await page.keyboard.up("Control");
  await page.waitForFunction((width) => document.querySelector("[data-agent]").getBoundingClientRect().width > width * 1.2, width);
  await page.mouse.wheel(2_000, 2_000);
  await page.waitForFunction((left) => document.querySelector("[data-agent]").getBoundingClientRect().right < left, board.x);
  await page.getByRole("button", { name: "Show all" }).click();
  assert.ok(await areInside(), "all agents are in view again");
  await page.getByRole("button", { name: "Arrange agents" }).click();
  assert.ok(await areInside(), "all agents are in view after they are arranged");
  await apart(page, names);

  // An agent that receives the focus is scrolled into view.
  await page.mouse.move(board.x + 20, board.y + 20);
  await page.mouse.wheel(5_000, 0);
  await card(page, "Planner").focus();
  assert.ok(await isInside("Planner"));

  // An agent that is pressed stays where it is, although part of it is out of view.
  await page.mouse.wheel((await card(page, "Planner").boundingBox()).x - board.x + 40, 0);
  await page.waitForFunction((left) => document.querySelector("[data-agent]").getBoundingClientRect().left < left, board.x);
  await page.keyboard.press("Escape");
  const { x, y } = await card(page, "Planner").boundingBox();
  await page.mouse.move(x + width / 2, y + 20);
  await page.mouse.down();
  await page.locator('[data-agent][aria-pressed="true"]').waitFor();
  await page.mouse.up();
  assert.equal((await card(page, "Planner").boundingBox()).x, x);
});

visit("a council is made with the keyboard alone", async ({ visitor, page, server }) => {
  await visitor.goto("#/blueprints");
  await tabTo(page, "link", "Empty No agents yet. You add them.");
  await page.keyboard.press("Enter");
  await tabTo(page, "textbox", "Name of the council");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Pair");
  for (const [name, model, role] of PAIR.nodes) {
    await tabTo(page, "button", "Add agent");
    await page.keyboard.press("Enter");
    await tabTo(page, "textbox", "Name");
    await page.keyboard.press("Control+a");
    await page.keyboard.type(name);
    await tabTo(page, "combobox", "Model");
    await page.keyboard.press("Control+a");
    await page.keyboard.type(model);
    await tabTo(page, "textbox", "Prompt");
    await page.keyboard.press("Control+a");
    await page.keyboard.type(`You are the ${name}.`);
    await tabTo(page, "combobox", "Role");
    await page.keyboard.type(ROLES[role]);
  }
  await page.keyboard.press("Escape");
  await tabTo(page, "combobox", "Connect from");
  await page.keyboard.type("Critic");
  await tabTo(page, "combobox", "Connect to");
  await page.keyboard.type("Poet");
  await tabTo(page, "button", "Connect");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Connection", exact: true }).waitFor();
  await tabTo(page, "button", "Printer model openai/poet");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Control+s");
  await page.getByText("Saved", { exact: true }).waitFor();

  const { body, ...found } = await stored(server, new URL(page.url()).hash.split("/").at(-1));
  assert.deepEqual(found, PAIR);
  assert.equal(body.nodes[2].position.y - body.nodes[1].position.y, 40);
});

visit("edits are undone and redone", async ({ visitor, page }) => {
  await begin(visitor, /^Author, critic, editor/);
  const undo = page.getByRole("button", { name: "Undo" });
  const redo = page.getByRole("button", { name: "Redo" });
  assert.ok(await undo.isDisabled());
  await card(page, "Critic").focus();
  await page.keyboard.press("Delete");
  await card(page, "Critic").waitFor({ state: "detached" });
  assert.equal(await page.locator(".editor-edge").count(), 0);
  await undo.click();
  await card(page, "Critic").waitFor();
  assert.equal(await page.locator(".editor-edge").count(), 3);
  await redo.click();
  await card(page, "Critic").waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await card(page, "Critic").click();
  await page.getByRole("button", { name: "Duplicate", exact: true }).click();
  await card(page, "Critic copy").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
  await card(page, "Critic copy").waitFor({ state: "detached" });

  // Typing a word is one step of undo.
  await card(page, "Author").click();
  await page.getByLabel("Name", { exact: true }).press("End");
  await page.getByLabel("Name", { exact: true }).pressSequentially(" of all");
  await card(page, "Author of all").waitFor();
  await undo.click();
  await card(page, "Author").waitFor();
});

visit("agents without positions are arranged", async ({ visitor, page, server }) => {
  const nodes = ["One", "Two", "Three"].map((label) => ({ id: label, label, systemPrompt: "", model: "openai/example", role: "agent" }));
  const edges = [{ source: "One", target: "Two" }, { source: "One", target: "Three" }];
  const { body } = await server.request("POST", "/api/councils/", { version: 2, name: "By hand", start: "One", nodes, edges });
  await visitor.goto(`#/blueprint/${body.id}`);
  await apart(page, ["One", "Two", "Three"]);
  await page.getByText("Saved", { exact: true }).waitFor();
});

visit("long names stay within the form", async ({ visitor, page }) => {
  await begin(visitor, /^Author, critic, editor/);
  await card(page, "Author").click();
  await fillAgent(page, { name: "A".repeat(120) });
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 900 });
    const [over] = await page.locator(".editor-side").evaluateAll(([side]) => [side.scrollWidth - side.clientWidth]);
    assert.ok(over <= 1, `${over} pixels over at a width of ${width}`);
    await page.locator(".editor-form-head button").first().click();
    const ofAll = await page.locator(".editor-side").evaluate((side) => side.scrollWidth - side.clientWidth);
    assert.ok(ofAll <= 1, `${ofAll} pixels over in the list at a width of ${width}`);
    if (width > 820) await card(page, "A+").click();
  }
});

for (const colorScheme of ["light", "dark"]) {
  visit(`the editor is accessible in ${colorScheme} colours`, async ({ visitor, page }) => {
    await begin(visitor, /^A panel of two critics/);
    await visitor.accessible();
    await card(page, "Critic of language").click();
    await visitor.accessible();
    await page.locator(".editor-lines .reach").first().click({ force: true });
    await page.getByRole("heading", { name: "Connection", exact: true }).waitFor();
    await visitor.accessible();
    await save(page);
    await visitor.goto("#/blueprints");
    await page.getByRole("link", { name: "A panel of two critics", exact: true }).first().waitFor();
    await visitor.accessible();
  }, { colorScheme });
}

visit("on a narrow screen a blueprint is edited by the forms", async ({ visitor, page, server }) => {
  await begin(visitor, /^Author, critic, editor/);
  await visitor.narrow();
  await page.getByRole("button", { name: /^Critic/ }).click();
  await visitor.narrow();
  await visitor.accessible();
  await fillAgent(page, { name: "Judge" });
  await page.getByRole("button", { name: "All agents" }).click();
  await page.getByLabel("Connect from").selectOption("Editor");
  await page.getByLabel("Connect to").selectOption("Author");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByLabel("Condition", { exact: true }).selectOption({ label: "On “rework”" });
  await visitor.narrow();
  const { edges } = await stored(server, await save(page));
  assert.deepEqual(edges.at(-1), ["Editor", "Author", "conditional", "rework"]);
}, { viewport: { width: 320, height: 700 } });
