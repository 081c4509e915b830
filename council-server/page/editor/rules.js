// @ts-check
// What a blueprint means, as the server will see it: who begins, who is reached, who judges, and what is amiss.

/** The agent that begins: the first that no edge points at, else the first. */
export function entryAgent({ nodes, edges }) {
  return nodes.find((node) => !edges.some((edge) => edge.target === node.id)) ?? nodes[0] ?? null;
}

/** The ids of all agents that can be reached. */
export function reachedAgents(blueprint) {
  const entry = entryAgent(blueprint);
  const reached = new Set(entry ? [entry.id] : []);
  for (const id of reached) {
    for (const edge of blueprint.edges) if (edge.source === id) reached.add(edge.target);
  }
  return reached;
}

/** Whether an agent scores drafts: its role says so, or else its prompt speaks of judging. */
export function isCriticAgent({ role, systemPrompt }) {
  return role ? role === "critic" : JUDGING.some((word) => systemPrompt.toLowerCase().includes(word));
}

/** The word in a prompt that makes a critic of its agent. */
export function judgingWord({ systemPrompt }) {
  return JUDGING.find((word) => systemPrompt.toLowerCase().includes(word)) ?? null;
}

/** An id that `taken` does not hold, made of what people call the thing. */
export function freeId(name, taken) {
  const words = name.normalize("NFKD").toLowerCase().match(/[a-z0-9]+/g) ?? ["agent"];
  const base = words.join("-").slice(0, 40);
  let id = base;
  for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
  return id;
}

/**
 * What a person should know before saving: `[{ at, field, grave, text }]`, where `at` is `"whole"` or the agent or edge meant, and
 * `grave` says that the server will refuse it.
 */
export function blueprintNotes(blueprint, models) {
  /** @type {Note[]} */
  const notes = [];
  /** @type {(at: any, grave: boolean, text: string, field?: string?) => void} */
  const note = (at, grave, text, field = null) => notes.push({ at, grave, text, field });
  if (!blueprint.name.trim()) note("whole", true, "The council needs a name.", "name");
  if ([...blueprint.name].length > 255) note("whole", true, "The name is longer than 255 characters.", "name");
  if (!blueprint.nodes.length) note("whole", false, "There is no agent yet: a run needs at least one.");
  const reached = reachedAgents(blueprint);
  for (const node of blueprint.nodes) agentNotes(node, blueprint, models, reached, note.bind(null, node));
  for (const edge of blueprint.edges) edgeNotes(edge, blueprint, note.bind(null, edge));
  return notes;
}

function agentNotes(node, blueprint, models, reached, note) {
  if (!node.model.trim()) note(true, "It needs a model.", "model");
  const provider = models?.providers?.find(({ name }) => providerOf(node.model) === name);
  if (provider && !provider.available) note(false, `Its model is not at hand: the server needs ${provider.needs}.`);
  if (!reached.has(node.id)) note(false, "No way leads here: it never runs.");
  if (node.temperature < 0 || node.temperature > 2) note(true, "The temperature is a number from 0 to 2.", "temperature");
  if (node.maxTokens !== undefined && !(Number.isInteger(node.maxTokens) && node.maxTokens >= 1)) {
    note(true, "The longest answer is a whole number of tokens, at least 1.", "maxTokens");
  }
  const ways = blueprint.edges.filter((edge) => edge.source === node.id);
  const conditions = new Set(ways.map((edge) => edge.condition));
  if (isCriticAgent(node) && ways.some(isConditional) && !ways.some((edge) => !isConditional(edge))) {
    const isEndless = ways[0].condition === "rework";
    for (const word of DECISIONS) {
      if (!conditions.has(word)) note(false, `Nothing says where it goes on “${word}”: it takes the first way.${isEndless ? ENDLESS : ""}`);
    }
  }
}

function edgeNotes(edge, blueprint, note) {
  const source = blueprint.nodes.find((node) => node.id === edge.source);
  const target = blueprint.nodes.find((node) => node.id === edge.target);
  if (!source || !target) note(true, "It leads to or from an agent that is not there.");
  if (isConditional(edge) && !edge.condition) note(true, "It needs a condition.", "condition");
  const twin = blueprint.edges.find((other) => other !== edge && sameWay(other, edge));
  if (twin && blueprint.edges.indexOf(twin) < blueprint.edges.indexOf(edge)) note(false, "There is such a connection already.");
  if (source && isConditional(edge) && !blueprint.nodes.some((node) => isCriticAgent(node))) {
    note(false, "No agent judges, so nobody decides: make one a critic.");
  }
}

function sameWay(one, other) {
  return ["source", "target", "type", "condition"].every((key) => one[key] === other[key]);
}

export function isConditional(edge) {
  return edge.type === "conditional";
}

/** The provider that a model's name stands for, as far as its first part tells. */
export function providerOf(model) {
  if (model.includes("/")) return model.slice(0, model.indexOf("/"));
  if (model.startsWith("claude-")) return "anthropic";
  if (/^(gpt-|chatgpt-|o[134])/.test(model)) return "openai";
  return model;
}

const ENDLESS = " What it approves of is sent back too, again and again, until the run comes to its limit.";
export const DECISIONS = ["approve", "rework"];
const JUDGING = ["critic", "kritik", "bewert", "evaluat", "review", "score"];
