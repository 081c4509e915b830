// Access with a token: the login, the token in a link, and a token that is wrong later.

import assert from "node:assert/strict";

import { stage } from "../support/stage.js";
import { standsAt, start } from "../support/run.js";

const { visit } = stage({ flags: ["--token", "open sesame"] });

const UNAUTHORIZED = /status of 401/;

async function logIn(page, token) {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Open" }).click();
}

visit("the login takes the token, and removes it from the address", async ({ visitor, page }) => {
  visitor.expect(UNAUTHORIZED);
  await visitor.goto();
  await visitor.accessible();
  await logIn(page, "wrong");
  await page.getByText("Wrong token.").waitFor();
  await logIn(page, "open sesame");
  await page.getByRole("heading", { name: "What should the council write about?" }).waitFor();
  assert.doesNotMatch(page.url(), /sesame|token/);
  await start(visitor, "Reviews, behind a token");
  await standsAt(page, "Completed");
  await page.reload();
  await standsAt(page, "Completed");
  assert.doesNotMatch(page.url(), /sesame|token/);
});

visit("no address of a socket has the token", async ({ visitor, page, server }) => {
  const addresses = [];
  page.on("websocket", (socket) => addresses.push(socket.url()));
  await page.goto(`${server.url}?token=open%20sesame#/`);
  await start(visitor, "Reviews, watched");
  await standsAt(page, "Completed");
  assert.ok(addresses.length > 0);
  for (const address of addresses) assert.doesNotMatch(address, /sesame|token/);
});

visit("a link with the token opens its view", async ({ visitor, page, server }) => {
  await page.goto(`${server.url}?token=open%20sesame#/blueprints`);
  await page.getByRole("heading", { name: "Blueprints", exact: true }).waitFor();
  assert.equal(page.url(), `${server.url}#/blueprints`);
});

visit("a wrong token is asked for again, and the input is kept", async ({ visitor, page, server }) => {
  visitor.expect(UNAUTHORIZED);
  await page.goto(`${server.url}?token=open%20sesame#/`);
  const topic = page.getByRole("textbox", { name: "What should the council write about?" });
  await topic.fill("Reviews, kept");
  await page.evaluate(() => sessionStorage.setItem("council.token", "old"));
  await page.getByRole("button", { name: "Start the run" }).click();
  const dialog = page.getByRole("dialog", { name: "Enter the token of the server" });
  await dialog.getByLabel("Token").fill("open sesame");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL(/#\/run\//);
  await standsAt(page, "Completed");
});
