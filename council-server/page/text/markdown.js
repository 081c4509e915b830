// @ts-check
// Markdown as nodes: headings, paragraphs, lists, quotes, code, tables. HTML in it stays text.

import { h } from "../lib/dom.js";
import { change, isAlike } from "../lib/update.js";
import { inline } from "./markdown-inline.js";

/** The blocks of a text, each with its start. Text that is appended changes no block but the last. */
function readBlocks(text) {
  const blocks = [];
  let at = 0;
  const lines = text.split("\n").map((line) => {
    const start = at;
    at += line.length + 1;
    return { text: line.endsWith("\r") ? line.slice(0, -1) : line, start };
  });
  for (let index = 0; index < lines.length;) {
    if (isBlank(lines[index].text)) {
      index += 1;
      continue;
    }
    const { block, next } = readBlock(lines, index);
    blocks.push({ ...block, start: lines[index].start });
    index = next;
  }
  return blocks;
}

const isBlank = (text) => /^\s*$/.test(text);
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})(?:\s|$)/;
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const QUOTE = /^ {0,3}>/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:\s+|$)/;
const isTableRule = (text = "") => text.includes("-") && text.includes("|") && /^[\s|:-]+$/.test(text);

function readBlock(lines, index) {
  const line = lines[index].text;
  const fence = FENCE.exec(line);
  if (fence) return readFence(lines, index, fence[1]);
  const heading = HEADING.exec(line);
  if (heading) {
    const words = line.slice(heading[0].length).trim();
    return { block: { kind: "heading", level: heading[1].length, text: words.replace(/(^|\s)#+$/, "") }, next: index + 1 };
  }
  if (RULE.test(line)) return { block: { kind: "rule" }, next: index + 1 };
  if (QUOTE.test(line)) return readWhile(lines, index, "quote", (text) => QUOTE.test(text), (text) => text.replace(/^ {0,3}> ?/, ""));
  if (ITEM.test(line)) return readList(lines, index);
  if (line.includes("|") && isTableRule(lines[index + 1]?.text)) return readWhile(lines, index, "table", (text) => text.includes("|"), (text) => text);
  return readWhile(lines, index, "paragraph", (text, at) => at === index || !beginsBlock(lines, at), (text) => text.trimStart());
}

const beginsBlock = (lines, at) => {
  const text = lines[at].text;
  return FENCE.test(text) || HEADING.test(text) || RULE.test(text) || QUOTE.test(text) || ITEM.test(text) || (text.includes("|") && isTableRule(lines[at + 1]?.text));
};

function readWhile(lines, index, kind, belongs, strip) {
  const inside = [];
  let next = index;
  for (; next < lines.length && !isBlank(lines[next].text) && belongs(lines[next].text, next); next++) inside.push(strip(lines[next].text));
  return { block: { kind, text: inside.join("\n") }, next };
}

function readFence(lines, index, fence) {
  let next = index + 1;
  const closes = (text) => text.trim().startsWith(fence) && /^ {0,3}[`~]+\s*$/.test(text);
  while (next < lines.length && !closes(lines[next].text)) next++;
  const text = lines.slice(index + 1, next).map((line) => line.text).join("\n");
  return { block: { kind: "code", text }, next: next + 1 };
}

/** A list continues after blank lines if the next line is an item or is indented. */
function readList(lines, index) {
  const isOrdered = /\d/.test(ITEM.exec(lines[index].text)?.[2] ?? "");
  const items = [];
  let isLoose = false;
  let next = index;
  for (let blanks = 0; next < lines.length; next++) {
    const { text } = lines[next];
    if (isBlank(text)) {
      blanks += 1;
      continue;
    }
    const found = RULE.test(text) ? null : ITEM.exec(text);
    const isNested = items.length > 0 && /^(\s{2,}|\t)/.test(text);
    const item = found && !isNested && /\d/.test(found[2]) === isOrdered ? found : null;
    if (item) {
      items.push({ indent: item[0].trimEnd().length + 1, lines: [text.slice(item[0].length)], number: Number.parseInt(item[2], 10) });
    } else if (isNested) {
      const last = items.at(-1);
      for (let blank = 0; blank < blanks; blank++) last.lines.push("");
      last.lines.push(text.replace(new RegExp(`^\\s{1,${last.indent}}`), ""));
    } else if (blanks || beginsBlock(lines, next)) {
      return { block: { kind: "list", isOrdered, isLoose, items }, next };
    } else {
      items.at(-1).lines.push(text);
    }
    isLoose ||= blanks > 0;
    blanks = 0;
  }
  return { block: { kind: "list", isOrdered, isLoose, items }, next };
}

/** Headings of a text, by level: they stand below those of the page. */
const HEADINGS = /** @type {const} */ (["h3", "h4", "h5", "h6"]);

/** The node of a block. */
function blockNode(block, depth = 0) {
  // Blocks within a block have its direction, because an element ignores the words of children with a `dir` of their own.
  const dir = depth === 0 ? "auto" : null;
  switch (block.kind) {
    case "heading": return h(HEADINGS[Math.min(block.level, 4) - 1], { class: `level-${block.level}`, dir }, inline(block.text));
    case "rule": return h("hr");
    case "code": return h("pre", { tabindex: "0" }, h("code", {}, block.text));
    case "quote": return h("blockquote", { dir }, markdown(block.text, depth + 1));
    case "table": return tableNode(block.text, dir);
    case "list": return h(block.isOrdered ? "ol" : "ul", { dir, start: block.isOrdered && block.items[0].number !== 1 ? block.items[0].number : null },
      block.items.map((item) => h("li", {}, itemNodes(item, block.isLoose, depth))));
    default: return h("p", { dir }, inline(block.text));
  }
}

function itemNodes(item, isLoose, depth) {
  const text = item.lines.join("\n").replace(/^\[([ xX])\] /, (_, mark) => (mark === " " ? "☐ " : "☑ "));
  const nodes = markdown(text, depth + 1);
  const [first, ...others] = nodes;
  return !isLoose && first?.tagName === "P" ? [...first.childNodes, ...others] : nodes;
}

function tableNode(text, dir) {
  const [head, , ...rows] = text.split("\n").map(tableCells);
  return h("div", { class: "table", tabindex: "0", role: "group", "aria-label": "Table" }, h("table", { dir },
    h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, inline(cell))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, head.map((_, column) => h("td", {}, inline(row[column] ?? ""))))))));
}

const tableCells = (line) => line.trim().replace(/^\|/, "").replace(/(^|[^\\])\|$/, "$1").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

/** The nodes of a whole text. Each outer block has the direction of its own words. */
export function markdown(text, depth = 0) {
  if (depth > 12) return [h("p", {}, text)];
  return readBlocks(text).map((block) => blockNode(block, depth));
}

/** Shows a text that grows. Finished blocks stay, and only the last block changes. */
export class GrowingText {
  /** The part of the text whose blocks are finished. */
  #settled = "";
  /** The node of the last block, which changes. @type {Element?} */
  #tail = null;

  constructor(host) {
    this.host = host;
  }

  show(text) {
    if (!text.startsWith(this.#settled)) {
      this.#settled = "";
      this.#tail = null;
      this.host.replaceChildren();
    }
    const rest = text.slice(this.#settled.length);
    const blocks = readBlocks(rest);
    const [first, ...others] = blocks.map((block) => blockNode(block));
    if (this.#tail && first && isAlike(this.#tail, first)) change(this.#tail, first);
    else {
      this.#tail?.remove();
      if (first) others.unshift(first);
      this.#tail = null;
    }
    this.host.append(...others);
    this.#tail = others.at(-1) ?? this.#tail;
    this.#settled += rest.slice(0, blocks.at(-1)?.start ?? 0);
  }
}
