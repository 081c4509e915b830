// A run is started, watched to its end, found again and replayed.

import assert from "node:assert/strict";

import { agent, idOf, of, standsAt, start, taken, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

visit("a run is shown live from its first token to its last", async ({ visitor, page, provider }) => {
  const topic = "Reviews, watched";
  const drafts = provider.hold(of(topic, "master_agent"));
  const verdicts = provider.hold(of(topic, "critic_agent"));
  await start(visitor, topic);

  // The running agent is highlighted, and its text grows word by word.
  const first = await drafts.next();
  await agent(page, "Master").and(page.locator(".active")).waitFor();
  assert.equal(await agent(page, "Critic").and(page.locator(".active")).count(), 0);
  await standsAt(page, "Running");
  first.write("# A title\n\nSome **bold");
  await text(page).getByRole("heading", { name: "A title" }).waitFor();
  first.write(" words** and more");
  await text(page).locator("strong", { hasText: "bold words" }).waitFor();
  first.end();

  // The edge lights up, the next agent runs, and its score is plotted.
  const second = await verdicts.next();
  await agent(page, "Critic").and(page.locator(".active")).waitFor();
  await agent(page, "Master").and(page.locator(".done")).waitFor();
  assert.equal(await taken(page), 2);
  second.write("SCORE: 4\nVERDICT: REWORK\nFEEDBACK: Say **more**, by example.");
  second.end();
  await page.getByRole("img", { name: "Scores: round 1, 4. 8 or more is approved." }).waitFor();

  // Back to the second draft, and its changes.
  const third = await drafts.next();
  assert.equal(third.reworks, 1);
  const versions = page.getByRole("group", { name: "Versions of the text" });
  await versions.getByRole("button", { name: /^Draft 1/ }).click();
  await page.locator(".verdict", { hasText: "Say more, by example." }).waitFor();
  await versions.getByRole("button", { name: /^Draft 2/ }).click();
  assert.equal(await taken(page), 3);
  third.write("# A title\n\nSome bold words and one example");
  third.end();
  (await verdicts.next()).answer();
  drafts.release();
  verdicts.release();
  await standsAt(page, "Completed");
  await agent(page, "Writer").and(page.locator(".done")).waitFor();
  await text(page).getByText("a script wrote it for a test of the page").waitFor();
  await versions.getByRole("button", { name: /^Draft 2/ }).click();
  await page.getByText("Changes", { exact: true }).click();
  await text(page).locator("ins", { hasText: "one example" }).waitFor();
  await text(page).locator("del", { hasText: "more" }).waitFor();
  await page.getByText("Plain text", { exact: true }).click();
  await text(page).getByText("# A title").waitFor();
});

visit("a run is found in the history, and replayed", async ({ visitor, page }) => {
  const topic = "Reviews, replayed";
  const id = await start(visitor, topic);
  await standsAt(page, "Completed");
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  const entry = page.getByRole("link", { name: new RegExp(topic) });
  await entry.getByText("8.8").waitFor();
  await entry.getByText("Completed").waitFor();
  await entry.click();
  await page.getByRole("img", { name: "Scores: round 1, 5.5; round 2, 7.2; round 3, 8.8. 8 or more is approved." }).waitFor();
  assert.equal(idOf(page), id);

  await page.getByRole("link", { name: "Replay" }).click();
  await page.waitForURL(/\/replay$/);
  const place = page.getByRole("slider", { name: "Time in the run" });
  // Back to the beginning, where no agent has ended, and step by step to the end.
  await page.getByRole("button", { name: /^(Pause|Play)$/ }).waitFor();
  await place.fill("0");
  const next = page.getByRole("button", { name: "Next step" });
  for (let steps = 0; steps < 40 && !(await page.locator(".run-head .status.completed").count()); steps += 1) await next.click();
  await standsAt(page, "Completed");
  await page.getByRole("img", { name: /round 3, 8.8/ }).waitFor();
  await page.getByRole("link", { name: "Back to the run" }).click();
  await page.waitForURL(/#\/run\/[^/]+$/);
});

visit("a reload during a run continues the live view", async ({ visitor, page, provider }) => {
  const topic = "Reviews, reloaded";
  const held = provider.hold(of(topic, "critic_agent", undefined));
  await start(visitor, topic);
  const first = await held.next();
  await agent(page, "Critic").and(page.locator(".active")).waitFor();
  await page.reload();
  await agent(page, "Critic").and(page.locator(".active")).waitFor();
  await text(page).getByText("A review is a talk about a change.").waitFor();
  assert.equal(await taken(page), 2);
  first.answer();
  held.release();
  await standsAt(page, "Completed");
  await page.getByRole("img", { name: "Scores: round 1, 5.5; round 2, 7.2; round 3, 8.8. 8 or more is approved." }).waitFor();
});

visit("a page that is opened while an agent writes shows its text from the first word", async ({ visitor, page, provider }) => {
  const topic = "Reviews, opened late";
  const held = provider.hold(of(topic, "master_agent", 0));
  await start(visitor, topic);
  const call = await held.next();
  call.write("# A title\n\nSome words");
  await text(page).getByText("Some words").waitFor();
  await page.reload();
  await text(page).getByRole("heading", { name: "A title" }).waitFor();
  call.write(" and more");
  await text(page).getByText("Some words and more", { exact: true }).waitFor();
  call.end();
  held.release();
  await standsAt(page, "Completed");
});

visit("two tabs show the same run", async ({ visitor, page, provider }) => {
  const topic = "Reviews, twice";
  const held = provider.hold(of(topic, "writer_agent"));
  await start(visitor, topic);
  const other = await visitor.tab();
  await other.goto(page.url());
  const call = await held.next();
  call.write("Both see these words.");
  for (const tab of [page, other]) {
    await agent(tab, "Writer").and(tab.locator(".active")).waitFor();
  }
  call.end();
  for (const tab of [page, other]) {
    await standsAt(tab, "Completed");
    await text(tab).getByText("Both see these words.").waitFor();
  }
});

visit("a run is cancelled after a confirmation", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, cancelled";
  const held = provider.hold(of(topic));
  const id = await start(visitor, topic);
  await held.next();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await standsAt(page, "Running");
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await standsAt(page, "Cancelled");
  assert.equal((await server.request("GET", `/api/councils/run/${id}`)).body.status, "cancelled");
});

visit("the error of a model is shown", async ({ visitor, page, provider }) => {
  const topic = "Reviews, refused";
  const held = provider.hold(of(topic));
  await start(visitor, topic);
  (await held.next()).refuse(401, "the key is not accepted");
  await standsAt(page, "Failed");
  await page.getByText(/^The run failed\. .*key is not accepted/).waitFor();
});

visit("a failed run is tried again", async ({ visitor, page, provider }) => {
  const topic = "Reviews, tried again";
  const held = provider.hold(of(topic, "critic_agent"));
  await start(visitor, topic);
  (await held.next()).refuse(401, "the key is not accepted");
  await standsAt(page, "Failed");
  await visitor.accessible();
  held.release();
  await page.getByRole("button", { name: "Try again" }).click();
  await standsAt(page, "Completed");
  await page.getByRole("img", { name: "Scores: round 1, 5.5; round 2, 7.2; round 3, 8.8. 8 or more is approved." }).waitFor();
  assert.equal(await page.getByText(/^The run failed/).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
});

visit("a wrong topic is refused at its field", async ({ visitor, page }) => {
  visitor.expect(/status of 422/);
  await visitor.goto("#/");
  const topic = page.getByRole("textbox", { name: "What should the council write about?" });
  const start = page.getByRole("button", { name: "Start the run" });
  await start.click();
  await page.getByText("Enter a topic.").waitFor();
  await topic.fill("x".repeat(10_001));
  await start.click();
  await page.getByText("Use at most 10,000 characters.").waitFor();
  assert.equal(await topic.getAttribute("aria-invalid"), "true");
});

visit("a topic is kept when another view is opened, until its run is started", async ({ visitor, page }) => {
  await visitor.goto("#/");
  const topic = page.getByRole("textbox", { name: "What should the council write about?" });
  await topic.fill("Half a thought");
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("heading", { name: "Runs", exact: true }).waitFor();
  await page.goBack();
  assert.equal(await topic.inputValue(), "Half a thought");
  await page.getByRole("button", { name: "Start the run" }).click();
  await standsAt(page, "Completed");
  await visitor.goto("#/");
  await topic.waitFor();
  assert.equal(await topic.inputValue(), "");
});

visit("an unknown run leads to the list of runs", async ({ visitor, page }) => {
  visitor.expect(/status of 404/);
  await visitor.goto("#/run/nonsense");
  await page.getByRole("heading", { name: "Not found" }).waitFor();
  await page.getByRole("link", { name: "all runs" }).click();
  await page.getByRole("heading", { name: "Runs", exact: true }).waitFor();
});

visit("a blueprint with two critics in parallel is run from the first view", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, by a panel";
  const node = (id, more) => ({ id, label: id, systemPrompt: `You are the ${id}.`, model: "openai/example", ...more });
  const edge = (source, target, condition) => ({ source, target, type: condition ? "conditional" : "linear", condition });
  const { body } = await server.request("POST", "/api/councils/", {
    version: 1,
    name: "Panel",
    nodes: [node("Poet"), node("Left critic"), node("Right critic"), node("Printer", { role: "agent" })],
    edges: [edge("Poet", "Left critic"), edge("Poet", "Right critic"), ...["Left critic", "Right critic"].flatMap((critic) => [edge(critic, "Poet", "rework"), edge(critic, "Printer", "approve")])],
  });
  const critics = provider.hold((call) => call.topic === topic && /critic/.test(call.system));
  await start(visitor, topic, { council: body.id });
  const both = [await critics.next(), await critics.next()];
  for (const name of ["Left critic", "Right critic"]) await agent(page, name).and(page.locator(".active")).waitFor();
  for (const [index, call] of both.entries()) {
    call.write(`SCORE: ${8 + index}\nVERDICT: APPROVE\nFEEDBACK: Fine, says number ${index}.`);
    call.end();
  }
  await standsAt(page, "Completed");
  await agent(page, "Printer").and(page.locator(".done")).waitFor();
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("link", { name: new RegExp(topic) }).waitFor();
});

visit("a run without an approval is not shown as a success", async ({ visitor, page, provider }) => {
  const topic = "Reviews, never approved";
  const critics = provider.hold(of(topic, "critic_agent"));
  const answer = async () => {
    const call = await critics.next();
    call.write("SCORE: 4\nVERDICT: REWORK\nFEEDBACK: Longer.");
    call.end();
    return answer();
  };
  answer();
  await start(visitor, topic);
  await standsAt(page, "Not approved");
  await page.getByText("No draft was approved. The run stopped after 5 rounds.").waitFor();
  assert.equal(await page.locator(".run-head .status.completed").count(), 0);
  await page.reload();
  await standsAt(page, "Not approved");
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("link", { name: new RegExp(topic) }).getByText("Not approved", { exact: true }).waitFor();
});

visit("a run that has ended is run again with other settings", async ({ visitor, page, server }) => {
  const topic = "Reviews, once more\nin two lines";
  const node = { id: "poet", label: "Poet", systemPrompt: "Write.", model: "openai/example", role: "agent" };
  const { body } = await server.request("POST", "/api/councils/", { version: 2, name: "Lonely", start: "poet", nodes: [node], edges: [] });
  const { body: first } = await server.request("POST", `/api/councils/${body.id}/run`, { input_topic: topic, god_mode: true });
  await visitor.goto(`#/run/${first.run_id}`);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await standsAt(page, "Completed");
  await page.getByRole("link", { name: "New run like this" }).click();
  const field = page.getByRole("textbox", { name: "What should the council write about?" });
  await field.waitFor();
  assert.equal(await field.inputValue(), topic);
  assert.equal(await page.getByLabel("Council", { exact: true }).inputValue(), body.id);
  assert.equal(await page.getByRole("radio", { name: /You are in the chair/ }).isChecked(), true);
  await page.getByRole("radio", { name: /Autopilot/ }).check();
  await page.getByLabel("Council", { exact: true }).selectOption({ label: "Built-in: master, critic, writer" });
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.waitForURL((url) => /#\/run\//.test(url.hash) && !url.hash.includes(first.run_id));
  await standsAt(page, "Completed");
  const { body: second } = await server.request("GET", `/api/runs/${idOf(page)}`);
  assert.deepEqual([second.input_topic, second.blueprint_id, second.execution_mode], [topic, null, "auto-pilot"]);
});
