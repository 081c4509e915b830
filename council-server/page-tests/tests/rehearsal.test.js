// Without a language model the page says so.

import { standsAt, start } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage({ model: "rehearsal" });

visit("a rehearsal says what it is, before and while it runs", async ({ visitor, page }) => {
  await visitor.goto("#/");
  await page.getByText("Rehearsal: no language model.").waitFor();
  await start(visitor, "Reviews, rehearsed", { chair: true });
  await standsAt(page, "Your turn");
  await page.getByText("Rehearsal: no language model.").waitFor();
});
