// The answers of the agents in these tests: a document that improves in three drafts, and says that it is an example.

/** The answer to a call. */
export function script({ agent, system, topic, user, reworks }) {
  if (agent === "master_agent") return draft(topic, reworks);
  if (agent === "writer_agent") return `${draft(topic, reworks + 2)}\n\n${NOTE}`;
  if (agent === "critic_agent" || JUDGES.test(system)) return verdict(user);
  return draft(topic, reworks);
}

/** The draft after a number of reworks. */
export function draft(topic, reworks) {
  const sections = SECTIONS.slice(0, 2 + reworks);
  return [`# ${topic}`, OPENINGS[Math.min(reworks, 2)], ...sections].join("\n\n");
}

/** The verdict of a critic on a document. */
function verdict(user) {
  const sections = SECTIONS.filter((section) => user.includes(section)).length;
  const [score, feedback] = VERDICTS[Math.min(Math.max(sections - 2, 0), 2)];
  return `SCORE: ${score}\nVERDICT: ${score >= 8 ? "APPROVE" : "REWORK"}\nFEEDBACK: ${feedback}`;
}

const JUDGES = /critic|review|score/i;

const NOTE = "*This text is an example: a script wrote it for a test of the page, not a language model.*";

const OPENINGS = [
  "A review is a talk about a change. This example says why small changes get better ones.",
  "A review is a talk about one change. This example says why small changes get better reviews, and how to begin.",
  "A review is a talk about one change. This example says why small changes get better reviews, how to begin, and what to measure.",
];

const SECTIONS = [
  "## Keep it small\n\nA reader holds **one idea** at a time. Two hundred lines with one purpose are read; two thousand are waved through.",
  "## Say what to look at\n\n- Name the line that worries you.\n- Say what you have tried.\n- Leave out what a formatter decides.",
  "## One case\n\nA change of 900 lines waited for three days. Cut into four, each part was merged within the hour, and the second one showed the fault.",
  "## What to measure\n\n1. Hours until the first answer\n2. Rounds until both are content\n3. Faults that were found `before` the merge",
];

const VERDICTS = [
  [5.5, "1. **No case**: walk through one change from end to end.\n2. The opening does not say what the reader gets.\n\nKeep the list."],
  [7.2, "1. **No measure**: say how a team can see that it works.\n\nKeep the case; it carries the argument."],
  [8.8, "Ready for the editor. Keep all of it."],
];
