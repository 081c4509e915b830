// @ts-check
// The question before a run of a council in which some agents never run.

import { call, Fault } from "../lib/api.js";
import { confirmed } from "../lib/dom.js";

/**
 * Asks whether to run a blueprint although some of its agents cannot be reached; resolves to true if there are none.
 * @param {any} blueprint as the server reads it
 */
export async function mayRun(blueprint) {
  const names = await unreachable(blueprint);
  if (!names.length) return true;
  const [who, it] = names.length === 1 ? [`${names[0]} is`, "it"] : [`${names.slice(0, -1).join(", ")} and ${names.at(-1)} are`, "them"];
  return confirmed({
    title: `Run without ${it}?`,
    text: `${who} unreachable: no connection leads there from the start, so the run goes on without ${it}.`,
    yes: "Run without",
    no: "Cancel",
    grave: false,
  });
}

/** The names of the agents that never run. The server finds them; if it does not answer, the start of the run will say so. */
async function unreachable(blueprint) {
  try {
    const { warnings } = await call("/api/councils/check", { method: "POST", body: blueprint });
    return warnings.filter(({ type }) => type === "unreachable").map(({ loc: [, , place] }) => blueprint.nodes[place]?.label || blueprint.nodes[place]?.id);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [];
  }
}
