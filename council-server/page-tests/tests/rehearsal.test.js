// A server without a language model of its own: the page says so, also of a run that needs one and has lost it.

import { of, standsAt, start } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage({ model: "rehearsal" });

visit("a rehearsal says what it is, before and while it runs", async ({ visitor, page }) => {
  await visitor.goto("#/");
  await page.getByText("Rehearsal: no language model.").waitFor();
  await start(visitor, "Reviews, rehearsed", { chair: true });
  await standsAt(page, "Your turn");
  await page.getByText("Rehearsal: no language model.").waitFor();
});

visit("a run whose model cannot be had after a restart says why, and goes on once it can", async ({ visitor, page, provider, server }) => {
  visitor.expect(/ERR_|WebSocket connection to .* failed/);
  const topic = "Reviews, without a key";
  const nodes = [{ id: "author", label: "Author", systemPrompt: "You are the Master AI.", model: "openai/example" }];
  await server.request("POST", "/api/councils/", { version: 1, id: "alone", name: "Alone", nodes, edges: [] });
  const held = provider.hold(of(topic));
  await start(visitor, topic, { council: "alone" });
  await held.next();
  await server.kill();
  await server.again({ provider: null });
  await page.getByText(/^The run cannot continue: .*OPENAI_API_KEY/).waitFor();
  await standsAt(page, "Waiting");
  await server.kill();
  await server.again();
  (await held.next()).answer();
  held.release();
  await standsAt(page, "Completed");
});
