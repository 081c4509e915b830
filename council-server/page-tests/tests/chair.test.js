// The chair: continue, edit and stop, also in two tabs.

import assert from "node:assert/strict";

import { asked, of, standsAt, start, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

const approve = (page) => page.getByRole("button", { name: "Continue", exact: true });

visit("a run pauses before each agent until the chair continues", async ({ visitor, page }) => {
  await start(visitor, "Reviews, approved", { chair: true });
  for (const name of ["Master", "Critic", "Master", "Critic", "Master", "Critic", "Writer"]) {
    await asked(page, name);
    await standsAt(page, "Your turn");
    await approve(page).click();
  }
  await standsAt(page, "Completed");
  await text(page).getByText("a script wrote it for a test of the page").waitFor();
});

visit("the chair edits the draft and writes a note", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, changed";
  const id = await start(visitor, topic, { chair: true });
  await asked(page, "Master");
  await approve(page).click();
  await asked(page, "Critic");
  const critic = provider.hold(of(topic, "critic_agent"));
  await page.getByRole("button", { name: "Edit…" }).click();
  await page.getByRole("textbox", { name: "Draft" }).fill("# Mine\n\nWritten by the chair.");
  await page.getByRole("textbox", { name: "Notes for the council" }).fill("Name a reader.");
  await page.getByRole("button", { name: "Save and continue" }).click();
  const call = await critic.next();
  assert.match(call.user, /Written by the chair\./);
  call.write("SCORE: 5\nVERDICT: REWORK\nFEEDBACK: Longer.");
  call.end();
  critic.release();

  await asked(page, "Master");
  const master = provider.hold(of(topic, "master_agent"));
  await approve(page).click();
  const again = await master.next();
  assert.match(again.user, /Name a reader\./);
  again.answer();
  master.release();
  await asked(page, "Critic");
  const { body } = await server.request("GET", `/api/councils/run/${id}/state`);
  assert.ok(body.current_state.feedback_history.some((feedback) => feedback.includes("Name a reader.")));
});

visit("the chair sets the score, and the run follows it", async ({ visitor, page }) => {
  const topic = "Reviews, scored";
  await start(visitor, topic, { chair: true });
  await asked(page, "Master");
  await approve(page).click();
  await asked(page, "Critic");
  await approve(page).click();
  await asked(page, "Master");
  await page.getByRole("button", { name: "Edit…" }).click();
  await page.getByRole("spinbutton", { name: /Score/ }).fill("9");
  await page.getByRole("button", { name: "Save and continue" }).click();
  await standsAt(page, "Completed");
});

visit("the chair stops a run after a confirmation", async ({ visitor, page, server }) => {
  const id = await start(visitor, "Reviews, rejected", { chair: true });
  await asked(page, "Master");
  await page.getByRole("button", { name: "Stop run" }).click();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await standsAt(page, "Your turn");
  await page.getByRole("button", { name: "Stop run" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop run" }).click();
  // A decision of a person is not a failure.
  await standsAt(page, "Stopped");
  await page.getByText("The run was stopped from the chair. Its texts are kept.").waitFor();
  assert.equal(await page.locator(".failed").count(), 0);
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("link", { name: /Reviews, rejected/ }).getByText("Stopped", { exact: true }).waitFor();
  assert.equal(await page.getByText("God Mode").count(), 0);
  assert.equal((await server.request("GET", `/api/councils/run/${id}`)).body.status, "failed");
});

visit("one tab answers, and the other follows", async ({ visitor, page }) => {
  await start(visitor, "Reviews, in two tabs", { chair: true });
  const other = await visitor.tab();
  await other.goto(page.url());
  for (const tab of [page, other]) await asked(tab, "Master");
  await approve(page).click();
  for (const tab of [page, other]) await asked(tab, "Critic");
  await approve(other).click();
  for (const tab of [page, other]) await asked(tab, "Master");
});

visit("an answer that is too late is refused, and the page shows the run", async ({ visitor, page, server }) => {
  visitor.expect(/status of 400/);
  const id = await start(visitor, "Reviews, too late", { chair: true });
  await asked(page, "Master");
  // Another client answers first, and this page sends its answer before it has received that event.
  const answer = (action) => server.request("POST", `/api/councils/run/${id}/approve`, { action });
  await page.route("**/approve", (route) => route.fulfill({ status: 400, json: { detail: `Run '${id}' is not paused in God Mode.` } }), { times: 1 });
  await approve(page).click();
  await page.getByText("Another person, or you in another tab, continued.").waitFor();
  assert.equal((await answer("approve")).status, 200);
  await asked(page, "Critic");
  await approve(page).click();
  await asked(page, "Master");
});

visit("a reload during a pause shows the pause again", async ({ visitor, page }) => {
  await start(visitor, "Reviews, asked again", { chair: true });
  await asked(page, "Master");
  await page.reload();
  await asked(page, "Master");
  await approve(page).click();
  await asked(page, "Critic");
  await page.reload();
  await asked(page, "Critic");
  await text(page).getByText("A review is a talk about a change.").waitFor();
});

visit("what is typed stays when another person answers first, and after a reload", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, typed in vain";
  const id = await start(visitor, topic, { chair: true });
  await asked(page, "Master");
  await approve(page).click();
  await asked(page, "Critic");
  await page.getByRole("button", { name: "Edit…" }).click();
  await page.getByRole("textbox", { name: "Notes for the council" }).fill("A long thought about owls.");
  await page.getByRole("textbox", { name: "Draft" }).fill("# Mine\n\nWritten for an hour.");
  // A reload keeps it in its fields.
  await page.reload();
  await asked(page, "Critic");
  assert.equal(await page.getByRole("textbox", { name: "Notes for the council" }).inputValue(), "A long thought about owls.");
  assert.equal(await page.getByRole("textbox", { name: "Draft" }).inputValue(), "# Mine\n\nWritten for an hour.");
  // Another person changes the draft first.
  const critic = provider.hold(of(topic, "critic_agent"));
  await server.request("POST", `/api/councils/run/${id}/approve`, { action: "modify", modified_state: { current_draft: "# Theirs", critic_score: 3 } });
  const call = await critic.next();
  const unsent = page.getByRole("group", { name: "What you have not sent" });
  await unsent.getByText("A long thought about owls.").waitFor();
  await unsent.getByText("Written for an hour.").waitFor();
  await page.getByText("Another person, or you in another tab, changed the draft and set the score to 3.").waitFor();
  await visitor.accessible();
  await page.reload();
  await unsent.getByText("A long thought about owls.").waitFor();
  call.answer();
  critic.release();
  // In the next pause it can be used.
  await asked(page, "Master");
  await unsent.getByRole("button", { name: "Use it in this pause" }).click();
  await page.getByRole("textbox", { name: "Notes for the council" }).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Notes for the council" }).inputValue(), "A long thought about owls.");
  const master = provider.hold(of(topic, "master_agent"));
  await page.getByRole("button", { name: "Save and continue" }).click();
  const again = await master.next();
  assert.match(again.user, /A long thought about owls\./);
  assert.match(again.user, /Written for an hour\./);
  await unsent.waitFor({ state: "detached" });
  again.answer();
  master.release();
  await asked(page, "Critic");
  assert.equal(await unsent.count(), 0);
});
