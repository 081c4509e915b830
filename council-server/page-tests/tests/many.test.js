// Much of everything: thirty agents, many rounds, long names, other locales, forced colours, and the focus of a person who uses keys.

import assert from "node:assert/strict";

import { card } from "../support/editor.js";
import { asked, of, standsAt, start } from "../support/run.js";
import { stage } from "../support/stage.js";

const { visit } = stage({ flags: ["--max-iterations", "50"] });

/** A chain of agents, each after the one before. */
async function chain(server, size, label = (index) => `Agent number ${index + 1}`) {
  const nodes = Array.from({ length: size }, (_, index) => ({
    id: `a${index}`, label: label(index), systemPrompt: "Write.", model: "openai/example", role: "agent", position: { x: index * 280, y: (index % 3) * 140 },
  }));
  const edges = nodes.slice(1).map(({ id }, index) => ({ id: `e${index}`, source: `a${index}`, target: id, type: "linear" }));
  const { status, body } = await server.request("POST", "/api/councils/", { version: 2, name: `A chain of ${size}`, start: "a0", nodes, edges });
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

visit("all of thirty agents are in view in the editor, and can be scrolled to in a run", async ({ visitor, page, server }) => {
  const id = await chain(server, 30);
  await visitor.goto(`#/blueprint/${id}`);
  await card(page, "Agent number 30").waitFor();
  for (const deed of [() => {}, () => page.getByRole("button", { name: "Show all" }).click()]) {
    await deed();
    const outside = await page.locator(".editor-canvas").evaluate((canvas) => {
      const board = canvas.getBoundingClientRect();
      const isOutside = (box) => box.left < board.left || box.top < board.top || box.right > board.right || box.bottom > board.bottom;
      return [...canvas.querySelectorAll("[data-agent]")].filter((agent) => isOutside(agent.getBoundingClientRect())).length;
    });
    assert.equal(outside, 0, `${outside} agents are out of view`);
  }
  await start(visitor, "Reviews, by thirty", { council: id });
  await standsAt(page, "Completed");
  // The first and the last agent can be reached by scrolling.
  const frame = page.locator(".graph-frame");
  for (const end of ["first", "last"]) {
    await page.locator(".graph .node.node")[end]().scrollIntoViewIfNeeded();
    const distance = await page.locator(".graph .node.node")[end]().evaluate((node) => {
      const [inner, outer] = [node.getBoundingClientRect(), node.closest(".graph-frame").getBoundingClientRect()];
      return Math.max(outer.left - inner.left, inner.right - outer.right, outer.top - inner.top, inner.bottom - outer.bottom);
    });
    assert.ok(distance <= 8, `the ${end} agent is ${distance} px outside`);
  }
  // The list of the agents is not longer than the text beside it.
  const [list, column] = [await page.locator(".agents-card").boundingBox(), await page.locator(".text-pane").boundingBox()];
  assert.ok(list.height <= 700 && column.height > 300, `${list.height} px`);
  await visitor.accessible();
  const [wide, high] = await frame.evaluate(({ scrollWidth, clientHeight }) => [scrollWidth, clientHeight]);
  assert.ok(high < 800 && wide < 20_000, `${wide} by ${high} px`);
  await visitor.narrow();
});

visit("a name that fits is not cut", async ({ visitor, page, server }) => {
  const names = ["Illustrative little", "Title fitting filter", "MMMMMMMMMMMMMMMMMMMM"];
  const id = await chain(server, 3, (index) => names[index]);
  await start(visitor, "Reviews, by name", { council: id });
  await standsAt(page, "Completed");
  assert.deepEqual(await page.locator(".graph .name").allTextContents().then((shown) => shown.slice(0, 2)), names.slice(0, 2));
  const over = await page.locator(".graph .node", { has: page.locator(".name") }).evaluateAll((nodes) => nodes.map((node) => (
    node.querySelector(".name").getBoundingClientRect().right - node.querySelector(".shape").getBoundingClientRect().right
  )));
  assert.ok(over.every((pixels) => pixels < 0), `${over} px`);
});

visit("the versions of fifty rounds are in one row, and the current one is in view", async ({ visitor, page, provider }) => {
  const topic = "Reviews, in fifty rounds";
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
  const versions = page.getByRole("group", { name: "Versions of the text" });
  await versions.getByRole("button", { name: /^Draft 50/ }).waitFor();
  await versions.getByRole("button", { name: "Final text", pressed: true }).waitFor();
  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 800 });
    assert.ok((await versions.boundingBox()).height < 60);
    await visitor.narrow();
  }
  await versions.getByRole("button", { name: /^Draft 25/ }).click();
  const [inner, outer] = [await versions.getByRole("button", { name: /^Draft 25/ }).boundingBox(), await versions.boundingBox()];
  assert.ok(inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width);
});

visit("numbers have one meaning of the dot in German too", async ({ visitor, page }) => {
  await start(visitor, "Reviews, auf Deutsch");
  await standsAt(page, "Completed");
  await page.getByText("840 in, 560 out").waitFor();
  await page.goto("about:blank");
  await visitor.goto("#/");
  await page.getByRole("textbox", { name: "What should the council write about?" }).fill("x".repeat(9_500));
  await page.getByText("9,500 of 10,000 characters").waitFor();
}, { locale: "de-DE" });

visit("forced colours show what is selected", async ({ visitor, page }) => {
  await start(visitor, "Reviews, in forced colours");
  await standsAt(page, "Completed");
  const style = (locator) => locator.evaluate((element) => getComputedStyle(element).outlineStyle);
  const versions = page.getByRole("group", { name: "Versions of the text" });
  assert.deepEqual([await style(versions.getByRole("button", { name: "Final text" })), await style(versions.getByRole("button", { name: /^Draft 1/ }))], ["solid", "none"]);
  assert.deepEqual([await style(page.locator(".segments span", { hasText: "Read" })), await style(page.locator(".segments span", { hasText: "Changes" }))], ["solid", "none"]);
  await visitor.goto("#/");
  await page.locator(".choice").first().waitFor();
  assert.deepEqual(await Promise.all([0, 1].map((place) => style(page.locator(".choice").nth(place)))), ["solid", "none"]);
}, { forcedColors: "active" });

visit("the focus stays in the chair after an answer, also if the event comes first", async ({ visitor, page }) => {
  await start(visitor, "Reviews, by keys", { chair: true });
  await asked(page, "Master");
  // The answer to the call comes after the events of the next pause.
  await page.route("**/approve", async (route) => {
    const response = await route.fetch();
    await asked(page, "Critic");
    await route.fulfill({ response });
  }, { times: 1 });
  await page.getByRole("button", { name: "Continue", exact: true }).focus();
  await page.keyboard.press("Enter");
  await asked(page, "Critic");
  await page.waitForFunction(() => document.activeElement?.closest(".chair"));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await asked(page, "Master");
  await page.waitForFunction(() => document.activeElement?.closest(".chair"));
});
