// A run, as a person starts and watches it.

/** Starts a run from the first view, and waits until it is shown, and returns its id. */
export async function start(visitor, topic, { chair = false, council } = {}) {
  const { page } = visitor;
  await visitor.goto("#/");
  await page.getByRole("textbox", { name: "What should the council write about?" }).fill(topic);
  if (council) await page.getByLabel("Council", { exact: true }).selectOption(council);
  if (chair) await page.getByRole("radio", { name: /You are in the chair/ }).check();
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.waitForURL(/#\/run\/[^/]+$/);
  await page.getByRole("heading", { level: 1, name: topic, exact: true }).waitFor();
  return idOf(page);
}

/** The id of the run that is shown. */
export const idOf = (page) => /#\/run\/([^/]+)/.exec(page.url())[1];

/** Waits until the run has a status: `Running`, `Your turn`, `Completed`. */
export const standsAt = (page, words) => page.locator(".run-head .status", { hasText: words }).waitFor();

/** The drawing of an agent in the graph. */
export const agent = (page, name) => page.locator(".graph .node", { has: page.locator(".name", { hasText: name }) });

/** The text that is shown. */
export const text = (page) => page.locator(".text-pane .scroll");

/** The number of edges that were taken. */
export const taken = (page) => page.locator(".graph .edge.taken").count();

/** Matches the calls of a run, or of one agent in it. */
export const of = (topic, agent, reworks) => (call) => call.topic === topic && (!agent || call.agent === agent) && (reworks === undefined || call.reworks === reworks);

/** Waits until the run is paused before these agents. */
export async function asked(page, names) {
  await page.locator(".chair.asks").getByText(names, { exact: true }).waitFor();
}

/** The row of an agent in the table of agents. */
export const row = (page, name) => page.locator(".agents tr", { has: page.getByRole("rowheader", { name: new RegExp(`^${name}`) }) });

/** The note about the run. */
export const note = (page, words) => page.locator(".run > .note", { hasText: words });

/** The errors of the browser while the server is down. */
export const AWAY = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_SOCKET_NOT_CONNECTED|WebSocket connection to .* failed/;
