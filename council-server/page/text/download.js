// @ts-check
// The download of a text as a file. It is loaded when the first file is made.

import { h } from "../lib/dom.js";
import { fileName, saveFile } from "../lib/file.js";
import { htmlOf } from "./html.js";

/** Saves a text as Markdown. */
export function saveMarkdown(title, text) {
  saveFile(`${fileName(title, "document")}.md`, "text/markdown;charset=utf-8", text.endsWith("\n") ? text : `${text}\n`);
}

/** Saves a text as a web page that needs no other file. */
export function saveHtml(title, text) {
  const head = `<meta charset="utf-8">${h("title", {}, title).outerHTML}<style>${STYLE}</style>`;
  saveFile(`${fileName(title, "document")}.html`, "text/html;charset=utf-8", `<!doctype html>\n<html><head>${head}</head>\n<body>\n${htmlOf(text)}\n</body></html>\n`);
}

const STYLE = `
body { max-width: 70ch; margin: 3rem auto; padding: 0 1rem; font: 1.06rem/1.65 Charter, Georgia, serif; overflow-wrap: anywhere; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; }
blockquote { margin-inline: 0; padding-inline-start: 1em; border-inline-start: 3px solid #ccc; color: #555; }
pre { overflow: auto; padding: 1em; background: #f4f4f4; }
code { font-family: ui-monospace, Consolas, monospace; font-size: .88em; }
table { border-collapse: collapse; }
th, td { padding: .35em .9em .35em 0; border-bottom: 1px solid #ccc; text-align: start; vertical-align: top; }
`;
