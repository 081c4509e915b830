// The editor, as a person uses it.

import assert from "node:assert/strict";

/** The labels of the roles in the form. */
export const ROLES = { agent: "Agent: writes the draft", critic: "Critic: judges the draft" };

/** The card of an agent on the canvas. */
export const card = (page, name) => page.getByRole("button", { name: new RegExp(`^${name} model `) }).and(page.locator("[data-agent]"));

/** Opens a new blueprint from a template. */
export async function begin(visitor, template) {
  await visitor.goto("#/blueprints");
  await visitor.page.getByRole("region", { name: "New blueprint" }).getByRole("link", { name: template }).click();
  await visitor.page.getByRole("textbox", { name: "Name of the council" }).waitFor();
}

/** Fills the form of the agent that is open. */
export async function fillAgent(page, { name, prompt, model, role }) {
  if (name !== undefined) await page.getByLabel("Name", { exact: true }).fill(name);
  if (model !== undefined) await page.getByLabel("Model", { exact: true }).fill(model);
  if (prompt !== undefined) await page.getByLabel("Prompt", { exact: true }).fill(prompt);
  if (role !== undefined) await page.getByLabel("Role", { exact: true }).selectOption({ label: role });
}

/** Pulls a connection from one agent to another with the mouse. */
export async function pull(page, from, to) {
  const [port, target] = [await middle(card(page, from).locator(".port")), await middle(card(page, to))];
  await page.mouse.move(...port);
  await page.mouse.down();
  await page.mouse.move((port[0] + target[0]) / 2, (port[1] + target[1]) / 2);
  await page.mouse.move(...target);
  await page.mouse.up();
}

/** Holds back the next check of the server. Returns a function that sends its answer to the page. */
export async function holdCheck(page) {
  let hold;
  const held = new Promise((resolve) => { hold = resolve; });
  await page.route(CHECK, (route) => hold(route), { times: 1 });
  return async () => (await held).continue();
}

/** Moves a card with the mouse, by pixels. */
export async function move(page, name, right, down) {
  const [x, y] = await middle(card(page, name));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + right / 2, y + down / 2);
  await page.mouse.move(x + right, y + down);
  await page.mouse.up();
}

/** Saves the blueprint, waits until the server has stored it, and returns its id. */
export async function save(page) {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  return new URL(page.url()).hash.split("/").at(-1);
}

/** Presses Tab until the element with this role and name has the focus. */
export async function tabTo(page, role, name) {
  const wanted = page.getByRole(role, { name, exact: true });
  await wanted.first().waitFor();
  for (let presses = 0; presses < 120; presses += 1) {
    if (await wanted.evaluateAll((found) => found.includes(document.activeElement))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`no number of presses of Tab leads to the ${role} “${name}”`);
}

/** The blueprint that the server has stored, in short. */
export async function stored(server, id) {
  const { status, body } = await server.request("GET", `/api/councils/${id}`);
  assert.equal(status, 200);
  const nodes = body.nodes.map(({ label, model, role }) => [label, model, role]);
  const name = (id) => body.nodes.find((node) => node.id === id).label;
  const edges = body.edges.map((edge) => [name(edge.source), name(edge.target), edge.type, edge.condition ?? null]);
  return { name: body.name, nodes, edges, body };
}

/** Fails if the cards of these agents overlap. */
export async function apart(page, names) {
  const places = await Promise.all(names.map((name) => card(page, name).boundingBox()));
  const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  assert.ok(!places.some((a, i) => places.slice(i + 1).some((b) => overlap(a, b))), "cards overlap");
}

/** The middle of an element, in pixels of the window. */
export async function middle(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return [x + width / 2, y + height / 2];
}

/** The address of the server's check. */
export const CHECK = "**/api/councils/check";
