// The editor: blueprints are made, changed and saved with the mouse and with the keyboard.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { begin, card, fillAgent, move, pull, save, tabTo } from "../support/editor.js";
import { agent, standsAt } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

/** A blueprint as the server has saved it, in short. */
async function kept(server, id) {
  const { status, body } = await server.request("GET", `/api/councils/${id}`);
  assert.equal(status, 200);
  const nodes = body.nodes.map(({ label, model, role }) => [label, model, role]);
  const name = (id) => body.nodes.find((node) => node.id === id).label;
  const edges = body.edges.map((edge) => [name(edge.source), name(edge.target), edge.type, edge.condition ?? null]);
  return { name: body.name, nodes, edges, body };
}

/** Fails if the cards of these agents overlap. */
async function apart(page, names) {
  const places = await Promise.all(names.map((name) => card(page, name).boundingBox()));
  const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  assert.ok(!places.some((a, i) => places.slice(i + 1).some((b) => overlap(a, b))), "cards overlap");
}

const ROLES = { agent: "Agent: writes the draft", critic: "Critic: judges the draft" };

const PAIR = {
  name: "Pair",
  nodes: [["Poet", "openai/poet", "agent"], ["Critic", "openai/critic", "critic"], ["Printer", "openai/poet", "agent"]],
  edges: [
    ["Poet", "Critic", "linear", null],
    ["Critic", "Poet", "conditional", "rework"],
    ["Critic", "Printer", "conditional", "approve"],
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
  await pull(page, "Poet", "Critic");
  assert.equal(await page.getByLabel("Condition", { exact: true }).inputValue(), "", "an edge from an agent has no condition");
  await pull(page, "Critic", "Poet");
  await pull(page, "Critic", "Printer");
  assert.equal(await page.getByLabel("Condition", { exact: true }).inputValue(), "approve", "a critic's first edge is for rework, its second for approval");
  await move(page, "Printer", -80, 120);

  const id = await save(page);
  const { body, ...found } = await kept(server, id);
  assert.deepEqual(found, PAIR);
  const [poet, , printer] = body.nodes.map((node) => node.position);
  assert.ok(printer.y > poet.y, "where an agent was moved to is kept");

  await page.reload();
  await card(page, "Printer").waitFor();
  assert.equal(await page.locator(".editor-edge").count(), 3);
});

visit("a council is run from the editor, found in the history and replayed", async ({ visitor, page, provider }) => {
  const topic = "Reviews, from the editor";
  const held = provider.hold((call) => call.topic === topic && call.system.startsWith("You are the editor"));
  await begin(visitor, /^Author, critic, editor/);
  await page.getByRole("textbox", { name: "Name of the council" }).fill("Tried at once");
  // It is saved first: what is seen is what runs.
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Run “Tried at once”" });
  await visitor.accessible();
  await dialog.getByLabel("Topic").fill(topic);
  await dialog.getByRole("button", { name: "Start" }).click();
  await agent(page, "Editor").and(page.locator(".active")).waitFor();
  (await held.next()).answer();
  held.release();
  await standsAt(page, "Completed");
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("link", { name: new RegExp(topic) }).click();
  await page.getByRole("link", { name: "Replay" }).click();
  const next = page.getByRole("button", { name: "Next step" });
  await next.waitFor();
  await page.getByRole("slider", { name: "Time in the run" }).fill("0");
  for (let steps = 0; steps < 40 && !(await page.locator(".run-head .status.completed").count()); steps += 1) await next.click();
  await standsAt(page, "Completed");
  await agent(page, "Editor").and(page.locator(".done")).waitFor();
});

visit("a version that another client has saved is replaced only after a confirmation", async ({ visitor, page, server }) => {
  await begin(visitor, /^Author, critic, editor/);
  const id = await save(page);
  const { body } = await server.request("GET", `/api/councils/${id}`);
  await server.request("PUT", `/api/councils/${id}`, { ...body, name: "Theirs" });
  await page.getByRole("textbox", { name: "Name of the council" }).fill("Mine");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.equal((await kept(server, id)).name, "Theirs");
  await page.getByText("Not saved", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Replace it" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  assert.equal((await kept(server, id)).name, "Mine");
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
  assert.ok(await areInside(), "and again");
  await page.getByRole("button", { name: "Arrange agents" }).click();
  assert.ok(await areInside(), "and when they are arranged");
  await apart(page, names);

  // An agent that has the focus is brought into view.
  await page.mouse.move(board.x + 20, board.y + 20);
  await page.mouse.wheel(5_000, 0);
  await card(page, "Planner").focus();
  assert.ok(await isInside("Planner"));
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
  for (const [from, to] of PAIR.edges) {
    await page.keyboard.press("Escape");
    await tabTo(page, "combobox", "Connect from");
    await page.keyboard.type(from);
    await tabTo(page, "combobox", "Connect to");
    await page.keyboard.type(to);
    await tabTo(page, "button", "Connect");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Connection", exact: true }).waitFor();
  }
  await tabTo(page, "button", "Printer model openai/poet");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Control+s");
  await page.getByText("Saved", { exact: true }).waitFor();

  const { body, ...found } = await kept(server, new URL(page.url()).hash.split("/").at(-1));
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

  // A word that was typed is one step.
  await card(page, "Author").click();
  await page.getByLabel("Name", { exact: true }).press("End");
  await page.getByLabel("Name", { exact: true }).pressSequentially(" of all");
  await card(page, "Author of all").waitFor();
  await undo.click();
  await card(page, "Author").waitFor();
});

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
  await says("Reader", " Critic Unreachable");
  // If the start is deleted, the first of the others is the start. This one has no way to an end.
  await card(page, "Editor").focus();
  await page.keyboard.press("Delete");
  await says("Author", " Start Warning");
});

visit("the roles of a council of version 1 are shown as guessed, until it is saved", async ({ visitor, page, server }) => {
  const node = (label, systemPrompt) => ({ id: label, label, systemPrompt, model: "openai/example" });
  const nodes = [node("Poet", "You write."), node("Judge", "You review what others write.")];
  const edges = [{ source: "Poet", target: "Judge" }];
  const { body } = await server.request("POST", "/api/councils/", { version: 1, name: "Old", nodes, edges });
  await visitor.goto(`#/blueprint/${body.id}`);
  const note = page.getByText("guessed from their prompts: Poet: agent, Judge: critic.");
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

visit("an unavailable model is a warning, with what is missing on the server", async ({ visitor, page }) => {
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
  await fillAgent(page, { model: "nobody/knows" });
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

visit("agents without places are arranged", async ({ visitor, page, server }) => {
  const nodes = ["One", "Two", "Three"].map((label) => ({ id: label, label, systemPrompt: "", model: "openai/example", role: "agent" }));
  const edges = [{ source: "One", target: "Two" }, { source: "One", target: "Three" }];
  const { body } = await server.request("POST", "/api/councils/", { version: 2, name: "By hand", start: "One", nodes, edges });
  await visitor.goto(`#/blueprint/${body.id}`);
  await apart(page, ["One", "Two", "Three"]);
  await page.getByText("Saved", { exact: true }).waitFor();
});

visit("a critic that can only send back gets a warning", async ({ visitor, page }) => {
  await begin(visitor, /^Author, critic, editor/);
  await card(page, "Editor").click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await card(page, "Critic").getByText("Warning").waitFor();
  await card(page, "Critic").click();
  await page.getByText(/has no edge for "approve": the run takes its first edge, to "author"\.$/).waitFor();
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

visit("leaving the editor with unsaved changes needs a confirmation", async ({ visitor, page }) => {
  await begin(visitor, /^Author, critic, editor/);
  await page.getByRole("textbox", { name: "Name of the council" }).fill("Nearly lost");
  await page.getByRole("link", { name: "Runs" }).click();
  await page.getByRole("button", { name: "Stay" }).click();
  assert.equal(await page.getByRole("textbox", { name: "Name of the council" }).inputValue(), "Nearly lost");
  await page.waitForURL(/#\/blueprint\/new\/council$/);
  await page.getByRole("link", { name: "Runs" }).click();
  await page.getByRole("button", { name: "Leave" }).click();
  await page.waitForURL(/#\/runs$/);
});

visit("a blueprint is exported to a file and imported", async ({ visitor, page, server }) => {
  await begin(visitor, /^A panel of two critics/);
  const first = await kept(server, await save(page));
  await page.getByText("More", { exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export as JSON" }).click()]);
  assert.equal(download.suggestedFilename(), "a-panel-of-two-critics.json");
  const file = await download.path();
  const written = JSON.parse(await readFile(file, "utf8"));
  assert.equal(written.nodes.length, 4);

  await server.request("DELETE", `/api/councils/${first.body.id}`);
  await visitor.goto("#/blueprints");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Import JSON" }).click()]);
  await chooser.setFiles(file);
  await card(page, "Critic of language").waitFor();
  const id = await save(page);
  const again = await kept(server, id);
  assert.deepEqual(again.body.nodes, first.body.nodes);
  assert.deepEqual(again.body.edges, first.body.edges);
  assert.equal(id, first.body.id);
});

visit("a file that is not a blueprint is refused with the reason", async ({ visitor, page }) => {
  await visitor.goto("#/blueprints");
  const wrong = {
    "not json": /^Not a JSON file/,
    "[]": /^Not a blueprint: Request: Input should be a valid dictionary/,
    '{"name": "n", "nodes": [{"id": "a", "model": "gpt-4o"}, "b"]}': /nodes › 1: Input should be a valid dictionary/,
    '{"name": "n", "nodes": [], "edges": {}}': /edges: Input should be a valid list/,
    '{"name": "n", "version": 3}': /version: the version is 3/,
  };
  for (const [text, words] of Object.entries(wrong)) {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Import JSON" }).click()]);
    await chooser.setFiles({ name: "council.json", mimeType: "application/json", buffer: Buffer.from(text) });
    await page.getByRole("status").filter({ hasText: words }).waitFor();
  }
});

visit("a file does not replace a council with the same id", async ({ visitor, page, server }) => {
  visitor.expect(/status of 409/);
  await begin(visitor, /^Author, critic, editor/);
  const first = await kept(server, await save(page));
  const file = { name: "council.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify({ ...first.body, name: "Another" })) };
  await visitor.goto("#/blueprints");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Import JSON" }).click()]);
  await chooser.setFiles(file);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Save as new" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  const id = new URL(page.url()).hash.split("/").at(-1);
  assert.notEqual(id, first.body.id);
  assert.equal((await kept(server, id)).name, "Another");
  assert.equal((await kept(server, first.body.id)).name, "Author, critic, editor");
});

visit("a blueprint is deleted from the list after a confirmation", async ({ visitor, page, server }) => {
  await server.request("POST", "/api/councils/", { version: 2, name: "Short-lived", nodes: [], edges: [] });
  await visitor.goto("#/blueprints");
  await page.getByRole("button", { name: "Delete Short-lived" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("link", { name: "Short-lived" }).waitFor({ state: "detached" });
  const { body } = await server.request("GET", "/api/councils/");
  assert.ok(!body.some(({ name }) => name === "Short-lived"));
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
  const { edges } = await kept(server, await save(page));
  assert.deepEqual(edges.at(-1), ["Editor", "Author", "conditional", "rework"]);
}, { viewport: { width: 320, height: 700 } });
