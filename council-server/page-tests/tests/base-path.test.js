// The page below a base path: its modules, calls, sockets and login.

import assert from "node:assert/strict";

import { stage } from "../support/stage.js";
import { standsAt, start } from "../support/run.js";

const { visit } = stage({ flags: ["--base-path", "/tools/council", "--token", "öpen sesame"] });

visit("a run below a base path", async ({ visitor, page, server }) => {
  visitor.expect(/status of 401/);
  const paths = [];
  page.on("request", (request) => paths.push(new URL(request.url()).pathname));
  page.on("websocket", (socket) => paths.push(new URL(socket.url()).pathname));
  assert.match(server.url, /\/tools\/council\/$/);
  await page.goto(server.url.slice(0, -1));
  await page.getByLabel("Token").fill("öpen sesame");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("heading", { name: "What should the council write about?" }).waitFor();
  await start(visitor, "Reviews, below a path");
  await standsAt(page, "Completed");
  await page.getByRole("link", { name: "Blueprints" }).click();
  await page.getByRole("heading", { name: "Blueprints", exact: true }).waitFor();
  assert.ok(paths.some((path) => path.includes("/ws/")), paths.join("\n"));
  assert.deepEqual(paths.filter((path) => !path.startsWith("/tools/council")), []);
});
