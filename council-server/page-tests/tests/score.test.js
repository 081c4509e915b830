// The score that is shown is the score that counts: the number of the server.

import assert from "node:assert/strict";

import { asked, start } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

/** The value of a figure. */
const figure = (page, name) => page.locator(".figures div", { has: page.getByText(name, { exact: true }) }).locator("dd");

visit("of a panel the lowest score counts, in the figure, the plot, the tabs and the replay", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, by three critics";
  const critics = ["Left critic", "Middle critic", "Right critic"];
  const node = (id, more) => ({ id, label: id, systemPrompt: `You are the ${id}.`, model: "openai/example", role: "agent", position: { x: 0, y: 0 }, ...more });
  const edge = (source, target, condition) => ({ id: `${source} ${target}`, source, target, type: condition ? "conditional" : "linear", condition });
  const { status, body } = await server.request("POST", "/api/councils/", {
    version: 2,
    name: "Panel of three",
    start: "Poet",
    nodes: [node("Poet"), ...critics.map((id) => node(id, { role: "critic" })), node("Printer")],
    edges: critics.flatMap((critic) => [edge("Poet", critic), edge(critic, "Poet", "rework"), edge(critic, "Printer", "approve")]),
  });
  assert.equal(status, 201, JSON.stringify(body));
  const judged = provider.hold((call) => call.topic === topic && /critic/.test(call.system));
  const poet = provider.hold((call) => call.topic === topic && /Poet/.test(call.system) && call.reworks > 0);
  await start(visitor, topic, { council: body.id });
  const calls = [];
  while (calls.length < 3) calls.push(await judged.next());
  // The critics end one after the other. No score counts before the last one.
  for (const [index, score] of [[1, 5], [2, 6], [0, 7]]) {
    const call = calls.find(({ system }) => system.includes(critics[index]));
    call.write(`SCORE: ${score}\nVERDICT: REWORK\nFEEDBACK: Longer, says ${critics[index]}.`);
    call.end();
    // After the last critic the next draft is shown, without a verdict.
    if (index === 0) continue;
    await page.locator(".verdict", { hasText: `Longer, says ${critics[index]}.` }).waitFor();
    assert.equal(await figure(page, "Score").textContent(), "–");
  }
  await poet.next();
  const shown = async () => {
    await figure(page, "Score").getByText("5", { exact: true }).waitFor();
    await page.getByRole("img", { name: "Scores: round 1, 5. 8 or more is approved." }).waitFor();
    await page.getByRole("button", { name: /^Draft 1\s*5$/ }).waitFor();
  };
  await shown();
  await page.reload();
  await shown();
  assert.equal((await server.request("GET", `/api/runs/${new URL(page.url()).hash.split("/").at(-1)}/rounds`)).body.at(-1).critic_score, 5);
});

visit("the score of the chair counts", async ({ visitor, page, server }) => {
  const id = await start(visitor, "Reviews, scored by the chair", { chair: true });
  for (const name of ["Master", "Critic"]) {
    await asked(page, name);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
  }
  await asked(page, "Master");
  await figure(page, "Score").getByText("5.5", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Edit…" }).click();
  await page.getByRole("spinbutton", { name: /Score/ }).fill("6.8");
  await page.getByRole("button", { name: "Save and continue" }).click();
  await asked(page, "Critic");
  await figure(page, "Score").getByText("6.8", { exact: true }).waitFor();
  await page.getByRole("img", { name: "Scores: round 1, 6.8. 8 or more is approved." }).waitFor();
  await page.getByRole("button", { name: /^Draft 1\s*6.8$/ }).waitFor();
  assert.equal((await server.request("GET", `/api/councils/run/${id}`)).body.critic_score, 6.8);
});
