// The pictures of the README: a run, a pause, the editor. They are written only with SCREENSHOTS=1.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { begin, card } from "../support/editor.js";
import { asked, of, standsAt, start, text } from "../support/run.js";
import { draft } from "../support/script.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

const TOPIC = "How a small team should review code";
const SETTINGS = { viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1.5, reducedMotion: "reduce", colorScheme: "light", locale: "en-GB" };
const FOLDER = fileURLToPath(new URL("../../../docs/screenshots", import.meta.url));

/** Takes a picture, and writes it with SCREENSHOTS=1. */
async function keep(page, name) {
  await page.mouse.move(5, 5);
  await page.evaluate(() => document.activeElement.blur());
  const picture = await page.screenshot();
  assert.ok(picture.length < 250_000, `${picture.length} bytes`);
  if (!process.env.SCREENSHOTS) return;
  await mkdir(FOLDER, { recursive: true });
  await writeFile(path.join(FOLDER, name), picture);
}

visit("a picture of a run", async ({ visitor, page, provider }) => {
  const held = provider.hold(of(TOPIC, "master_agent", 2));
  await start(visitor, TOPIC);
  const call = await held.next();
  const words = draft(TOPIC, 2);
  call.write(words.slice(0, words.indexOf("One case") + 60));
  await page.locator(".graph .node.active").waitFor();
  await text(page).getByText("A change of 900 lines").waitFor();
  await page.getByRole("img", { name: /round 2, 7.2/ }).waitFor();
  await keep(page, "run.png");
  call.end();
  held.release();
  await standsAt(page, "Completed");
}, SETTINGS);

visit("a picture of a pause", async ({ visitor, page }) => {
  await start(visitor, TOPIC, { chair: true });
  for (const name of ["Master", "Critic", "Master", "Critic"]) {
    await asked(page, name);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
  }
  await asked(page, "Master");
  await page.getByRole("img", { name: /round 2, 7.2/ }).waitFor();
  await text(page).evaluate((region) => { region.scrollTop = 0; });
  await keep(page, "pause.png");
}, SETTINGS);

visit("a picture of the editor", async ({ visitor, page }) => {
  await begin(visitor, /^A panel of two critics/);
  await card(page, "Critic of substance").click();
  await keep(page, "editor.png");
}, SETTINGS);
