// Blueprints are saved, run, exported, imported and deleted.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { begin, card, save, stored } from "../support/editor.js";
import { agent, standsAt } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

visit("a council is run from the editor, found in the history and replayed", async ({ visitor, page, provider }) => {
  const topic = "Reviews, from the editor";
  const held = provider.hold((call) => call.topic === topic && call.system.startsWith("You are the editor"));
  await begin(visitor, /^Author, critic, editor/);
  await page.getByRole("textbox", { name: "Name of the council" }).fill("Tried at once");
  // The draft is saved first, so the run has the blueprint that is shown.
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
  assert.equal((await stored(server, id)).name, "Theirs");
  await page.getByText("Not saved", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Replace it" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  assert.equal((await stored(server, id)).name, "Mine");
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
  const first = await stored(server, await save(page));
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
  const again = await stored(server, id);
  assert.deepEqual(again.body.nodes, first.body.nodes);
  assert.deepEqual(again.body.edges, first.body.edges);
  assert.equal(id, first.body.id);
});

visit("a file that is not a blueprint is refused with the reason", async ({ visitor, page }) => {
  await visitor.goto("#/blueprints");
  const wrong = {
    "not json": /^Not a JSON file/,
    "[]": /^Not a blueprint: Request: Expected an object with fields/,
    '{"name": "n", "nodes": [{"id": "a", "model": "gpt-4o"}, "b"]}': /nodes › 1: Expected an object with fields/,
    '{"name": "n", "nodes": [], "edges": {}}': /edges: Expected a list/,
    '{"name": "n", "version": 3, "nodes": []}': /version: the version is 3/,
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
  const first = await stored(server, await save(page));
  const file = { name: "council.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify({ ...first.body, name: "Another" })) };
  await visitor.goto("#/blueprints");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Import JSON" }).click()]);
  await chooser.setFiles(file);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Save as new" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  const id = new URL(page.url()).hash.split("/").at(-1);
  assert.notEqual(id, first.body.id);
  assert.equal((await stored(server, id)).name, "Another");
  assert.equal((await stored(server, first.body.id)).name, "Author, critic, editor");
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
