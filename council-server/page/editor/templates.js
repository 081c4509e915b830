// @ts-check
// The templates of a new council.

import { freePlace } from "./shape.js";

/** The templates: a title, a description, and the blueprint. */
export function blueprintTemplates(model) {
  const agent = (id, x, y, systemPrompt, more = {}) => ({
    id: id.toLowerCase().replaceAll(" ", "-"),
    label: id,
    role: "agent",
    systemPrompt,
    model,
    position: { x, y },
    ...more,
  });
  const make = (name, nodes, ...ways) => ({
    name,
    start: nodes[0]?.id,
    nodes,
    edges: ways.map(([source, target, condition], index) => ({
      id: `edge-${index + 1}`,
      source,
      target,
      type: condition ? "conditional" : "linear",
      ...(condition && { condition }),
    })),
  });
  const critic = { role: "critic", temperature: 0.2 };
  return [
    {
      key: "council",
      title: "Author, critic, editor",
      about: "One agent writes, one judges, one finishes.",
      blueprint: make(
        "Author, critic, editor",
        [
          agent("Author", 40, 60, PROMPTS.author),
          agent("Critic", 320, 60, PROMPTS.critic, critic),
          agent("Editor", 620, 60, PROMPTS.editor, { temperature: 0.4 }),
        ],
        ["author", "critic"],
        ["critic", "author", "rework"],
        ["critic", "editor", "approve"],
      ),
    },
    {
      key: "panel",
      title: "A panel of two critics",
      about: "Two critics judge in parallel, one the content and one the language. Each can send the draft back.",
      blueprint: make(
        "A panel of two critics",
        [
          agent("Author", 40, 130, PROMPTS.author),
          agent("Critic of substance", 320, 30, PROMPTS.substance, critic),
          agent("Critic of language", 320, 230, PROMPTS.language, critic),
          agent("Editor", 620, 130, PROMPTS.editor, { temperature: 0.4 }),
        ],
        ["author", "critic-of-substance"],
        ["author", "critic-of-language"],
        ["critic-of-substance", "author", "rework"],
        ["critic-of-substance", "editor", "approve"],
        ["critic-of-language", "author", "rework"],
        ["critic-of-language", "editor", "approve"],
      ),
    },
    {
      key: "parallel",
      title: "Parallel authors",
      about: "One agent plans, two write for and against in parallel, and one combines both.",
      blueprint: make(
        "Parallel authors and a synthesiser",
        [
          agent("Planner", 40, 130, PROMPTS.planner),
          agent("The case for", 320, 30, PROMPTS.pro),
          agent("The case against", 320, 230, PROMPTS.contra),
          agent("Synthesiser", 600, 130, PROMPTS.synthesis),
          agent("Critic", 600, 300, PROMPTS.critic, critic),
          agent("Editor", 900, 300, PROMPTS.editor, { temperature: 0.4 }),
        ],
        ["planner", "the-case-for"],
        ["planner", "the-case-against"],
        ["the-case-for", "synthesiser"],
        ["the-case-against", "synthesiser"],
        ["synthesiser", "critic"],
        ["critic", "synthesiser", "rework"],
        ["critic", "editor", "approve"],
      ),
    },
    { key: "empty", title: "Empty", about: "No agents yet. You add them.", blueprint: make("New council", []) },
  ];
}

/**
 * A new agent beside another one.
 * @param {Blueprint} blueprint
 * @param {BlueprintAgent | undefined} before
 * @param {string} model
 * @returns {Omit<BlueprintAgent, "id">}
 */
export function freshAgent(blueprint, before, model) {
  return {
    label: `Agent ${blueprint.nodes.length + 1}`,
    role: "agent",
    systemPrompt: PROMPTS.author,
    model,
    position: freePlace(blueprint, before),
  };
}

const PROMPTS = {
  author:
    "You are the author in a council. You receive a topic and, from the second round on, your current draft and all feedback so far, oldest first. Write the whole document in Markdown, for the reader the topic names or else the likeliest one. Give the answer early, then the reasons. Be concrete, never invent a source or a figure, and say plainly what is uncertain. Take up every point of the newest feedback and keep what already works. Answer with the document and nothing else.",
  critic:
    "You are the critic in a council. Judge the draft against what the topic asks for: does it answer, are its claims supported, is it concrete, does each part have one job, is its language clear? From 8 on it is ready for the editor. Name at most five points, the most important first: where it is, what is wrong, how to fix it. Then say what must be kept.",
  substance:
    "You are the critic of substance in a council. Judge only whether the draft answers the topic and whether what it claims is correct, supported and complete. From 8 on it is ready. Name at most three points and how to fix each.",
  language:
    "You are the critic of language in a council. Judge only whether the draft is clear, well ordered and free of filler for its reader. From 8 on it is ready. Name at most three points and how to fix each.",
  editor:
    "You are the editor in a council. The draft has been approved; make it ready to publish. Fix what makes a reader stop, make headings parallel, join the sections, remove repetition. Leave claims, figures and reservations as they are. Answer with the finished document in Markdown and nothing else.",
  planner:
    "You plan a document on the topic. Say in at most ten lines who will read it, which question it answers, and which points belong to it. Answer with the plan and nothing else.",
  pro: "You argue for. Following the plan in the current draft, write the strongest honest case for the topic's main claim, with reasons and one example. Answer with the text and nothing else.",
  contra:
    "You argue against. Following the plan in the current draft, write the strongest honest case against the topic's main claim, with reasons and one example. Answer with the text and nothing else.",
  synthesis:
    "You receive what several authors wrote side by side, and later your own draft with feedback. Make one document of it: weigh the sides, say what holds and under which conditions, take up every point of the newest feedback. Answer with the whole document in Markdown and nothing else.",
};
