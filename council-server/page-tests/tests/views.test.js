// Every view: accessible, in light and dark colours, on narrow screens, and small.

import assert from "node:assert/strict";

import { asked, of, standsAt, start } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

/** The views, and how to open each. */
const VIEWS = {
  "the first view": async ({ visitor, page }) => {
    await visitor.goto("#/");
    await page.locator(".graph").waitFor();
  },
  "a run at work": async ({ visitor, page, provider }, topic) => {
    const held = provider.hold(of(topic, "writer_agent"));
    await start(visitor, topic);
    (await held.next()).write("# Not\n\n- finished");
    await page.locator(".graph .node.active").waitFor();
    return held;
  },
  "a question to the chair": async ({ visitor, page }, topic) => {
    await start(visitor, topic, { chair: true });
    await asked(page, "Master");
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await asked(page, "Critic");
    await page.getByRole("button", { name: "Edit…" }).click();
  },
  "a run that has ended": async ({ visitor, page }, topic) => {
    await start(visitor, topic);
    await standsAt(page, "Completed");
  },
  "a replay": async ({ visitor, page }, topic) => {
    await start(visitor, topic);
    await standsAt(page, "Completed");
    await page.getByRole("link", { name: "Replay" }).click();
    await page.getByRole("slider", { name: "Time in the run" }).waitFor();
  },
  "the history": async ({ visitor, page }, topic) => {
    await start(visitor, topic);
    await standsAt(page, "Completed");
    await visitor.goto("#/runs");
    await page.getByRole("link", { name: new RegExp(topic) }).waitFor();
  },
  "an address that leads nowhere": async ({ visitor, page }) => {
    await visitor.goto("#/nowhere");
    await page.getByRole("heading", { name: "Not found" }).waitFor();
  },
};

const SETTINGS = {
  "in the light": { colorScheme: "light" },
  "in the dark": { colorScheme: "dark" },
  "on a narrow screen": { viewport: { width: 320, height: 640 } },
};

for (const [view, open] of Object.entries(VIEWS)) {
  for (const [setting, settings] of Object.entries(SETTINGS)) {
    visit(`${view}, ${setting}`, async (stage) => {
      const held = await open(stage, `Reviews as ${view} ${setting}`);
      await stage.visitor.accessible();
      await stage.visitor.narrow();
      if (setting === "in the dark") {
        const paper = await stage.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.match(paper, /^rgb\(2?\d, /, "the background is dark");
      }
      held?.release();
    }, settings);
  }
}

visit("there is no animation with reduced motion", async ({ visitor, page, provider }) => {
  const topic = "Reviews, calm";
  const held = provider.hold(of(topic));
  await start(visitor, topic);
  await held.next();
  await page.locator(".graph .node.active").waitFor();
  assert.equal(await page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length), 0);
}, { reducedMotion: "reduce" });

visit("the theme is chosen by a button and kept", async ({ visitor, page }) => {
  await visitor.goto("#/");
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  const button = page.getByRole("button", { name: /^Colours:/ });
  await button.click();
  await button.click();
  await page.getByRole("button", { name: /^Colours: dark/ }).waitFor();
  const dark = await paper();
  assert.notEqual(dark, light);
  await page.reload();
  assert.equal(await paper(), dark);
});

visit("the first view is small and compressed, and its modules are cached as immutable", async ({ visitor, page }) => {
  const answers = [];
  page.on("response", (response) => answers.push(response));
  await visitor.goto("#/");
  await page.locator(".graph").waitFor();
  const own = answers.filter((answer) => !new URL(answer.url()).pathname.startsWith("/api/"));
  const sizes = await Promise.all(own.map(async (answer) => (await answer.request().sizes()).responseBodySize));
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(size > 10_000 && size < 80_000, `${size} bytes`);
  for (const answer of own) assert.equal(answer.headers()["content-encoding"], "gzip", answer.url());
  for (const answer of own.slice(1)) assert.match(answer.headers()["cache-control"], /immutable/, answer.url());
  // Each file is requested once: the preloaded modules are the modules that are used.
  assert.equal(new Set(own.map((answer) => answer.url())).size, own.length);
});
