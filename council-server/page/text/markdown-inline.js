// @ts-check
// Inline Markdown as nodes: emphasis, code, links. Everything else stays text.

import { h } from "../lib/dom.js";

/** The nodes of a line. Links lead to http and https only; pictures become links, because nothing is loaded from other hosts. */
export function inline(text, depth = 0) {
  if (depth > 8 || text.length > LONGEST_INLINE) return [text];
  const nodes = [];
  /** Marks without a closing mark in the rest of the text. They are not searched again, so the time is linear. */
  const unclosed = new Set();
  let plain = 0;
  const marks = /[\\`*_~[!<\n]|https?:\/\//g;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    const found = readMark(text, mark.index, unclosed, depth);
    if (!found) {
      if (mark[0].length > 1) marks.lastIndex = mark.index + mark[0].length;
      continue;
    }
    if (mark.index > plain) nodes.push(text.slice(plain, mark.index));
    nodes.push(found.node);
    plain = marks.lastIndex = found.end;
  }
  if (plain < text.length) nodes.push(text.slice(plain));
  return nodes;
}

/** The node that begins at a mark, and its end; null if the mark means nothing. */
function readMark(text, at, unclosed, depth) {
  switch (text[at]) {
    case "\\": return /[!-/:-@[-`{-~]/.test(text[at + 1] ?? "") ? { node: text[at + 1], end: at + 2 } : null;
    case "`": return readCode(text, at, unclosed);
    case "\n": return / {2}$/.test(text.slice(Math.max(0, at - 2), at)) ? { node: h("br"), end: at + 1 } : null;
    case "<": return readMatch(/<(https?:\/\/[^\s<>]+)>/y, text, at, ([, address]) => link(address, [address]));
    case "!": return text[at + 1] === "[" ? readLink(text, at + 1, depth) : null;
    case "[": return readLink(text, at, depth);
    case "h": return readMatch(/https?:\/\/[^\s<>"`\])]+/y, text, at, ([found]) => {
      const address = found.replace(/[.,;:!?*_~]+$/, "");
      return { node: link(address, [address]), length: address.length };
    });
    default: return readEmphasis(text, at, unclosed, depth);
  }
}

function readMatch(pattern, text, at, make) {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (!match) return null;
  const made = make(match);
  if (!made) return null;
  return made.node ? { node: made.node, end: at + made.length } : { node: made, end: at + match[0].length };
}

const LINK = /\[([^[\]]{1,1000})\]\(\s{0,9}<?([^\s<>()]{1,2000}(?:\([^\s<>()]{0,500}\)[^\s<>()]{0,500})?)>?(?:\s{1,9}"[^"]{0,500}")?\s{0,9}\)/y;

function readLink(text, at, depth) {
  return readMatch(LINK, text, at, ([, words, address]) => link(address, inline(words, depth + 1)));
}

/** A link to another host, or its words alone if the address is not allowed. */
function link(address, words) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return h("span", {}, words);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return h("span", {}, words);
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" }, words);
}

function readCode(text, at, unclosed) {
  const ticks = /`+/y;
  ticks.lastIndex = at;
  const [fence] = /** @type {RegExpExecArray} */ (ticks.exec(text));
  const close = unclosed.has(fence) ? -1 : text.indexOf(fence, at + fence.length);
  if (close < 0) {
    unclosed.add(fence);
    return { node: fence, end: at + fence.length };
  }
  const code = text.slice(at + fence.length, close).replace(/\n/g, " ");
  return { node: h("code", {}, code.trim() ? code.replace(/^ (.*) $/, "$1") : code), end: close + fence.length };
}

const EMPHASIS = { "**": "strong", __: "strong", "~~": "del", "*": "em", _: "em" };

function readEmphasis(text, at, unclosed, depth) {
  const two = text.slice(at, at + 2);
  const mark = EMPHASIS[two] ? two : text[at];
  const tag = EMPHASIS[mark];
  const inner = at + mark.length;
  const isWord = (character) => /[\p{L}\p{N}]/u.test(character ?? "");
  if (!tag || unclosed.has(mark) || /\s|^$/.test(text[inner] ?? "")) return skipped(text, at, mark);
  if (mark[0] === "_" && isWord(text[at - 1])) return skipped(text, at, mark);
  for (let close = text.indexOf(mark, inner + 1); close >= 0; close = text.indexOf(mark, close + 1)) {
    const after = close + mark.length;
    if (/\s/.test(text[close - 1]) || (mark[0] === "_" && isWord(text[after]))) continue;
    if (mark.length === 1 && (text[after] === mark || text[close - 1] === mark)) continue;
    return { node: h(tag, {}, inline(text.slice(inner, close), depth + 1)), end: after };
  }
  unclosed.add(mark);
  return skipped(text, at, mark);
}

const skipped = (text, at, mark) => ({ node: text.slice(at, at + mark.length), end: at + mark.length });

const LONGEST_INLINE = 20_000;
