// Texts of models and users never become HTML or code.

import assert from "node:assert/strict";

import { of, standsAt, start, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

const EVIL = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(2)</script>",
  "[a link](javascript:alert(3))",
  "[another](data:text/html,<script>alert(4)</script>)",
  "![a picture](http://203.0.113.1/x.png)",
  "<svg onload=alert(5)>",
  "<a href='javascript:alert(6)'>here</a>",
  "`</code><img src=x onerror=alert(7)>`",
  "<https://example.org/\" onmouseover=\"alert(8)>",
  "java\tscript:alert(9) jAvAsCrIpT:alert(10)",
].join("\n\n");

/** Fails if the page has an element that an attacker could have put there. */
async function harmless(page) {
  const found = await page.evaluate(() => [...document.querySelectorAll("#main *")].flatMap((element) => {
    const handlers = element.getAttributeNames().filter((name) => name.startsWith("on"));
    const address = element.getAttribute("href") ?? element.getAttribute("src") ?? "";
    const isForeign = /^\s*(javascript|data|vbscript)/i.test(address) || element.matches("script, iframe, object, embed, img, image, foreignObject");
    return handlers.length || isForeign ? [element.outerHTML] : [];
  }));
  assert.deepEqual(found, []);
}

visit("HTML in a topic and in drafts stays text", async ({ visitor, page, provider }) => {
  const topic = `Evil ${EVIL.replace(/\s+/g, " ")}`;
  const held = provider.hold(of(topic));
  await start(visitor, topic);
  const master = await held.next();
  // The text arrives in pieces, and each is shown before the next arrives.
  for (const piece of EVIL.match(/[^]{1,7}/g)) master.write(piece);
  await text(page).getByText("alert(9)").waitFor();
  await harmless(page);
  master.end();
  const critic = await held.next();
  critic.write(`SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: ${EVIL}`);
  critic.end();
  const writer = await held.next();
  writer.write(`${EVIL.replaceAll("alert", "confirm")}\n\nThe end.`);
  writer.end();
  await standsAt(page, "Completed");
  await text(page).getByText("The end.").waitFor();
  await harmless(page);
  for (const way of ["Changes", "Plain text"]) {
    await page.getByText(way, { exact: true }).click();
    await text(page).getByText("confirm(1)").first().waitFor();
    await harmless(page);
  }
  await page.locator(".versions").getByRole("button", { name: /^Draft 1/ }).click();
  await page.locator(".verdict").getByText("alert(9)").waitFor();
  await harmless(page);
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("link", { name: /^Evil/ }).waitFor();
  await harmless(page);
});

visit("HTML in names, prompts and models of a blueprint stays text", async ({ visitor, page, server }) => {
  const [one, two] = EVIL.split("\n\n");
  const { status, body } = await server.request("POST", "/api/councils/", {
    version: 1,
    name: one,
    nodes: [{ id: "a", label: one, systemPrompt: EVIL, model: "openai/<b>x</b>" }, { id: "b", label: two, systemPrompt: two, model: "openai/y" }],
    edges: [{ id: "e", source: "a", target: "b", type: "conditional", condition: "<b>approve</b>" }],
  });
  assert.equal(status, 201);
  await visitor.goto("#/blueprints");
  await page.getByRole("link", { name: one }).waitFor();
  await harmless(page);
  await visitor.goto(`#/blueprint/${body.id}`);
  await page.locator('[data-agent="b"]').click();
  await harmless(page);
  await visitor.goto(`#/start/${body.id}`);
  await page.locator(".graph").waitFor();
  await harmless(page);
});
