// A server without a language model: the note of the rehearsal, and a run whose model is unavailable after a restart.

import { of, standsAt, start } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage({ model: "rehearsal" });

visit("the page marks a rehearsal before and during a run", async ({ visitor, page }) => {
  await visitor.goto("#/");
  await page.getByText("Rehearsal: no language model.").waitFor();
  await start(visitor, "Reviews, rehearsed", { chair: true });
  await standsAt(page, "Your turn");
  await page.getByText("Rehearsal: no language model.").waitFor();
});

visit("a run whose model is unavailable after a restart shows the reason, and continues once the model is available", async ({ visitor, page, provider, server }) => {
  visitor.expect(/ERR_|WebSocket connection to .* failed/);
  const topic = "Reviews, without a key";
  const nodes = [{ id: "author", label: "Author", systemPrompt: "You are the Master AI.", model: "openai/example" }];
  await server.request("POST", "/api/councils/", { version: 1, id: "alone", name: "Alone", nodes, edges: [] });
  const held = provider.hold(of(topic));
  await start(visitor, topic, { council: "alone" });
  await held.next();
  await server.kill();
  await server.again({ provider: null });
  await page.getByText(/^The run cannot continue\. .*OPENAI_API_KEY/).waitFor();
  await standsAt(page, "Waiting");
  await server.kill();
  await server.again();
  (await held.next()).answer();
  held.release();
  await standsAt(page, "Completed");
});
