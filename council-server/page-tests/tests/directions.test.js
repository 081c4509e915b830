// Texts from right to left, and topics of several lines.

import assert from "node:assert/strict";

import { of, standsAt, start, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

const ARABIC = "كيف يرى البوم";

/** The side of an element at which its lines begin, and the distance of its words from that side, in pixels. */
const begins = (locator) => locator.evaluate((element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const [box, words] = [element.getBoundingClientRect(), range.getBoundingClientRect()];
  const { direction } = getComputedStyle(element);
  return { direction, distance: Math.round(direction === "rtl" ? box.right - words.right : words.left - box.left) };
});

visit("Arabic is set from right to left, and English beside it from left to right", async ({ visitor, page, provider }) => {
  const held = provider.hold(of(ARABIC, "writer_agent"));
  const verdicts = provider.hold(of(ARABIC, "critic_agent"));
  await visitor.goto("#/");
  const topic = page.getByRole("textbox", { name: "What should the council write about?" });
  await topic.fill(ARABIC);
  assert.equal((await begins(topic)).direction, "rtl");
  await start(visitor, ARABIC);
  const verdict = await verdicts.next();
  verdict.write("SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: نص جيد.");
  verdict.end();
  const call = await held.next();
  call.write(`# ${ARABIC}\n\nيرى البوم.\n\n- واحد\n- اثنان\n\n> اقتباس\n\nOwls see.`);
  call.end();
  await standsAt(page, "Completed");
  for (const words of ["يرى البوم.", "اقتباس"]) assert.equal((await begins(text(page).getByText(words, { exact: true }))).direction, "rtl", words);
  assert.deepEqual(await begins(page.getByRole("heading", { level: 1, name: ARABIC })), { direction: "rtl", distance: 0 });
  const [list, quotation, english] = ["ul", "blockquote", ".text > p:last-child"].map((part) => page.locator(".text-pane .scroll").locator(part).first());
  for (const block of [list, quotation]) assert.equal((await begins(block)).direction, "rtl");
  // The bullets and the line of the quotation are at the right, too.
  for (const side of ["paddingLeft", "borderLeftWidth"]) {
    assert.equal(await quotation.evaluate((element, side) => getComputedStyle(element)[side], side), "0px", side);
  }
  assert.deepEqual(await begins(english), { direction: "ltr", distance: 0 });
  await page.getByText("Plain text", { exact: true }).click();
  assert.equal((await begins(text(page).locator(".text"))).direction, "rtl");
  await page.getByRole("button", { name: /^Draft 1/ }).click();
  assert.equal((await begins(page.locator(".verdict p", { hasText: "نص جيد." }))).direction, "rtl");
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  assert.equal((await begins(page.locator(".runs strong", { hasText: ARABIC }))).direction, "rtl");
});

visit("the lines of a topic stay lines", async ({ visitor, page }) => {
  await start(visitor, "Reviews for\n- readers\n- writers");
  const { height, line } = await page.getByRole("heading", { level: 1 }).evaluate((title) => ({
    height: title.clientHeight, line: Number.parseFloat(getComputedStyle(title).lineHeight),
  }));
  assert.equal(Math.round(height / line), 3);
});
