// A press, the keyboard focus, a choice and a selection of text outlast the changes of the page that an event makes.

import assert from "node:assert/strict";

import { CHECK, begin, holdCheck, middle } from "../support/editor.js";
import { asked, idOf, of, standsAt, start, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit: visitPage } = stage();

/** A test whose page counts the answers that it has not read yet. */
const visit = (name, act) => visitPage(name, async (all) => {
  await all.page.addInitScript(countAnswers);
  await act(all);
});

/**
 * Presses an element, lets an answer of the server arrive that changes the view, and releases the pointer. `address` is a part of the
 * address that is called, and `words` are a part of that answer.
 */
async function pressDuring(page, locator, { address, words }, change) {
  await page.mouse.move(...(await middle(locator)));
  await page.mouse.down();
  const answer = page.waitForResponse(async (response) => response.url().includes(address) && (await response.text()).includes(words));
  await change();
  await answer;
  // The page has read the answer, and two frames later a page that does not wait for the release has drawn the change.
  await page.waitForFunction(() => globalThis.unreadAnswers === 0);
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  await page.mouse.up();
}

/** Runs in the page. */
function countAnswers() {
  const { fetch } = globalThis;
  const { json } = Response.prototype;
  globalThis.unreadAnswers = 0;
  globalThis.fetch = async (...request) => {
    globalThis.unreadAnswers += 1;
    try {
      return await fetch(...request);
    } catch (error) {
      globalThis.unreadAnswers -= 1;
      throw error;
    }
  };
  Response.prototype.json = async function read() {
    try {
      return await json.call(this);
    } finally {
      globalThis.unreadAnswers -= 1;
    }
  };
}

/** Selects the text of an element. */
const select = (locator) => locator.evaluate((element) => getSelection().selectAllChildren(element));
const selection = (page) => page.evaluate(() => getSelection().toString());

/** Opens a blueprint with an agent that cannot be reached, and holds back the check that says so. */
async function unreachable({ visitor, page }) {
  const first = page.waitForResponse(CHECK);
  await begin(visitor, /^Author, critic, editor/);
  await first;
  const answer = await holdCheck(page);
  await page.getByRole("button", { name: "Delete the connection Critic to Editor on “approve”" }).click();
  return answer;
}

const side = (page) => page.getByRole("region", { name: "Form" });
const listed = (page, name) => side(page).getByRole("button", { name: new RegExp(`^${name}`) });

for (const [name, heading] of [["Editor model", "Leads to"], ["Connection Author to Critic", "Connection"]]) {
  visit(`“${name}” in the editor's list is pressed while the check of the server arrives`, async ({ visitor, page }) => {
    const answer = await unreachable({ visitor, page });
    await pressDuring(page, listed(page, name), { address: "/api/councils/check", words: "unreachable" }, answer);
    await side(page).getByRole("heading", { name: heading, exact: true }).waitFor();
    await page.locator("[data-agent]").getByText("Unreachable").waitFor();
  });
}

visit("the focus and a choice in the editor's lists stay when the check of the server arrives", async ({ visitor, page }) => {
  const answer = await unreachable({ visitor, page });
  await side(page).getByLabel("Connect to").selectOption("Editor");
  await listed(page, "Editor model").focus();
  await answer();
  await side(page).getByText("Unreachable").waitFor();
  await side(page).locator(":focus", { hasText: "Unreachable" }).waitFor();
  assert.equal(await side(page).getByLabel("Connect to").inputValue(), "editor");
  await side(page).getByRole("button", { name: "Connect", exact: true }).click();
  assert.equal(await page.getByLabel("To", { exact: true }).inputValue(), "editor");
});

visit("a run is opened from the list although the list changes during the press", async ({ visitor, page, provider, server }) => {
  const topic = "Reviews, pressed";
  const held = provider.hold(of(topic));
  const id = await start(visitor, topic);
  await visitor.goto("#/runs");
  const entry = page.getByRole("link", { name: new RegExp(topic) });
  await entry.waitFor();
  const another = (topic) => server.request("POST", "/api/councils/run", { input_topic: topic, god_mode: true });

  // The focus stays on the entry although another run is listed above it.
  await entry.focus();
  await another("Reviews, above");
  await page.getByRole("link", { name: /Reviews, above/ }).waitFor();
  await entry.and(page.locator(":focus")).waitFor();

  await pressDuring(page, entry, { address: "/api/runs/?", words: "Reviews, above that" }, () => another("Reviews, above that"));
  await page.waitForURL(/#\/run\/[^/]+$/);
  assert.equal(idOf(page), id);
  held.release();
  await standsAt(page, "Completed");
});

visit("a version is chosen although another one changes during the press", async ({ visitor, page, provider }) => {
  const topic = "Reviews, chosen";
  const drafts = provider.hold(of(topic, "master_agent", 1));
  const critics = provider.hold(of(topic, "critic_agent"));
  await start(visitor, topic);
  (await critics.next()).answer();
  const call = await drafts.next();
  call.write("# The second draft");
  const first = page.getByRole("button", { name: /^Draft 1/ });
  await first.waitFor();
  await text(page).getByText("The second draft").waitFor();
  await pressDuring(page, first, { address: "/rounds", words: "The second draft" }, () => call.end());
  await first.and(page.locator('[aria-pressed="true"]')).waitFor();
  await first.and(page.locator(":focus")).waitFor();
  (await critics.next()).answer();
  critics.release();
  drafts.release();
  await standsAt(page, "Completed");
  await first.and(page.locator('[aria-pressed="true"]:focus')).waitFor();
});

visit("a selection stays while the text, the verdict and the table grow", async ({ visitor, page, provider }) => {
  const topic = "Reviews, selected";
  const drafts = provider.hold(of(topic, "master_agent"));
  const critics = provider.hold(of(topic, "critic_agent"));
  await start(visitor, topic);
  const draft = await drafts.next();
  draft.write("# A title\n\nSome **bold words** and");
  await select(text(page).locator("strong"));
  draft.write(" more");
  await text(page).getByText("bold words and more").waitFor();
  assert.equal(await selection(page), "bold words");
  await page.getByText("Plain text", { exact: true }).click();
  await text(page).getByText("# A title").waitFor();
  await select(text(page).locator(".text"));
  const plain = await selection(page);
  draft.write(" and more");
  await text(page).getByText("more and more").waitFor();
  assert.ok((await selection(page)).startsWith(plain.trimEnd()), "the selected words are still selected");
  draft.end();

  const verdict = await critics.next();
  verdict.write("SCORE: 5\nVERDICT: REWORK\nFEEDBACK: An **example**");
  const shown = page.locator(".verdict");
  await select(shown.locator("strong"));
  verdict.write(" helps.");
  await shown.getByText("helps.").waitFor();
  assert.equal(await selection(page), "example");
  verdict.end();

  const again = await drafts.next();
  await page.getByText("2 calls").click();
  const calls = page.locator(".calls tbody tr");
  await select(calls.first().getByRole("rowheader"));
  again.write("# A title");
  again.end();
  await page.getByText("3 calls").waitFor();
  assert.equal(await selection(page), "Master");
  critics.release();
  drafts.release();
  await standsAt(page, "Completed");
});

visit("an answer of the chair counts for the question that was pressed, not for the next one", async ({ visitor, page, server }) => {
  visitor.expect(/status of 400/);
  const id = await start(visitor, "Reviews, pressed late", { chair: true });
  await asked(page, "Master");
  const late = page.waitForResponse("**/approve");
  const written = { address: "/rounds", words: "# Reviews, pressed late" };
  await pressDuring(page, page.getByRole("button", { name: "Continue", exact: true }), written, () => (
    server.request("POST", `/api/councils/run/${id}/approve`, { action: "approve" })));
  assert.equal((await late).status(), 400);
  await asked(page, "Critic");
});
