// The document is taken out of the page: as a file, over the clipboard, and on paper.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { of, standsAt, start, text } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage();

const DOCUMENT = `# Owls & <script>alert(1)</script>

They see **at night**, says [a book](https://owls.example/a?b=1&c=2).

- one
- two

> A quotation

| name | wings |
| --- | --- |
| snowy | 2 |

\`\`\`
let owl = "<b>";
\`\`\`

## البوم

يرى البوم في الليل.
`;

/** A document of 60 KB, whose last words are \`The very end.\`. */
const LONG = [...Array.from({ length: 150 }, (_, index) => `## Part ${index + 1}\n\n${"An owl hears a mouse below the snow. ".repeat(10)}`), "The very end."].join("\n\n");

/** Runs a council whose writer writes this text. */
async function written(visitor, provider, topic, document) {
  const held = provider.hold(of(topic, "writer_agent"));
  await start(visitor, topic);
  const call = await held.next();
  call.write(document);
  call.end();
  held.release();
  await standsAt(visitor.page, "Completed");
  await text(visitor.page).locator("h3, h4").first().waitFor();
}

/** Chooses a kind of download, and returns the name of the file and its content. */
async function downloaded(page, kind) {
  await page.getByText("Download", { exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: kind }).click()]);
  return [download.suggestedFilename(), await readFile(await download.path())];
}

/** What is pasted into a field. */
async function pasted(page) {
  await page.evaluate(() => {
    const field = document.createElement("div");
    field.contentEditable = "true";
    document.body.append(field);
    field.focus();
    field.addEventListener("paste", ({ clipboardData }) => {
      globalThis.pasted = { plain: clipboardData.getData("text/plain"), html: clipboardData.getData("text/html") };
    });
  });
  await page.keyboard.press("Control+V");
  return (await page.waitForFunction(() => globalThis.pasted)).jsonValue();
}

visit("the document is downloaded as Markdown and as a web page", async ({ visitor, page, provider }) => {
  await written(visitor, provider, "How owls see: ein Überblick?", DOCUMENT);
  const [name, markdown] = await downloaded(page, "Markdown");
  assert.equal(name, "how-owls-see-ein-überblick.md");
  assert.equal(markdown.toString("utf8"), DOCUMENT);
  const [pageName, html] = await downloaded(page, "Web page (HTML)");
  assert.equal(pageName, "how-owls-see-ein-überblick.html");
  const file = html.toString("utf8");
  assert.match(file, /^<!doctype html>\n<html[^>]*><head><meta charset="utf-8"><title>How owls see: ein Überblick\?<\/title>/);
  assert.match(file, /<h1[^>]*>Owls &amp; &lt;script&gt;alert\(1\)&lt;\/script&gt;<\/h1>/);
  const other = await visitor.tab();
  await other.setContent(file);
  assert.equal(await other.locator("script").count(), 0);
  await other.getByRole("heading", { level: 2, name: "البوم" }).waitFor();
  await other.locator("strong", { hasText: "at night" }).waitFor();
  await other.getByRole("cell", { name: "snowy" }).waitFor();
  assert.equal(await other.getByRole("link", { name: "a book" }).getAttribute("href"), "https://owls.example/a?b=1&c=2");
  assert.equal(await other.getByText("يرى البوم في الليل.").evaluate((line) => getComputedStyle(line).direction), "rtl");
});

visit("an earlier version is downloaded while it is shown", async ({ visitor, page, provider }) => {
  await written(visitor, provider, "Owls, in drafts", DOCUMENT);
  await page.getByRole("button", { name: /^Draft 1/ }).click();
  await text(page).getByText("This example says why small changes get better ones.").waitFor();
  const [, markdown] = await downloaded(page, "Markdown");
  assert.match(markdown.toString("utf8"), /^# Owls, in drafts\n/);
});

visit("the document is copied as rich text over plain HTTP", async ({ visitor, page, provider }) => {
  // As in a page of another host without TLS.
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await written(visitor, provider, "Owls, copied", DOCUMENT);
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const { plain, html } = await pasted(page);
  assert.equal(plain.trim(), DOCUMENT.trim());
  assert.match(html, /<h1[^>]*>Owls &amp; &lt;script&gt;/);
  assert.match(html, /<strong>at night<\/strong>/);
  assert.match(html, /<table[ >]/);
});

visit("the whole document is printed, and nothing else", async ({ visitor, page, provider }) => {
  await written(visitor, provider, "Owls, on paper", LONG);
  const paper = await page.pdf({ format: "A4" });
  const pages = paper.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  assert.ok(pages >= 12 && pages < 60, `${pages} pages`);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const sheet = await text(page).evaluate((scroll) => [scroll.scrollHeight - scroll.clientHeight, scroll.clientHeight, document.body.clientHeight]);
  assert.equal(sheet[0], 0, "a part of the document is cut off");
  assert.ok(sheet[2] - sheet[1] < 120, `${sheet[2]} px of page for ${sheet[1]} px of document`);
  for (const name of ["Runs", "Replay", "Copy", "Draft 1"]) assert.equal(await page.getByText(name, { exact: true }).first().isVisible(), false, name);
  // Black on white, whatever the screen has.
  assert.equal(await text(page).evaluate((scroll) => getComputedStyle(scroll).color), "rgb(38, 33, 28)");
});

visit("the menu of downloads works with keys, and in narrow windows", async ({ visitor, page, provider }) => {
  await written(visitor, provider, "Owls, by keys", DOCUMENT);
  await page.setViewportSize({ width: 375, height: 740 });
  const opener = page.locator("summary", { hasText: "Download" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Markdown" }).waitFor();
  await visitor.accessible();
  await visitor.narrow();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Markdown" }).waitFor({ state: "hidden" });
  assert.equal(await opener.evaluate((element) => element === document.activeElement), true);
});
