// @ts-check
// The text of a run: its versions, formatted, plain or as changes, each with its verdicts.

import { announce, fill, h, icon, write } from "../lib/dom.js";
import { menu } from "../lib/menu.js";
import { update } from "../lib/update.js";
import { firstLine, isOver, scoreText } from "../lib/words.js";
import { copyText } from "./html.js";
import { GrowingText, markdown } from "./markdown.js";

export class TextPane {
  /** The selected version; null shows the newest. */
  #chosen = null;
  #way = "read";
  #drawn = "";
  /** @type {GrowingText?} */
  #growing = null;

  constructor() {
    this.tabs = h("div", { class: "versions", role: "group", "aria-label": "Versions of the text" });
    this.changes = this.#wayInput("changes");
    this.ways = h("fieldset", { class: "segments" }, h("legend", { class: "unseen" }, "Format"),
      h("label", {}, this.#wayInput("read"), h("span", {}, "Read")),
      h("label", {}, this.#wayInput("plain"), h("span", {}, "Plain text")),
      h("label", {}, this.changes, h("span", {}, "Changes")));
    this.copied = h("span", {}, "Copy");
    this.download = menu([icon("down"), "Download"], [
      ["Markdown", () => this.#save("saveMarkdown")],
      ["Web page (HTML)", () => this.#save("saveHtml")],
      ["Print or PDF", () => print()],
    ], { class: "button quiet small-button" });
    this.copy = h("button", { class: "quiet small-button", type: "button", onclick: () => this.#copy() }, icon("copy"), this.copied);
    this.text = h("div", { class: "text", dir: "auto" });
    this.scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Text of the version", onscroll: () => this.#scrolled() }, this.text);
    this.latest = h("button", { class: "plain latest", type: "button", hidden: true, onclick: () => this.#toEnd() }, icon("down"), "Latest");
    this.verdicts = h("div", { class: "verdicts" });
    this.element = h("section", { class: "card text-pane", "aria-labelledby": "text-title" },
      h("header", {}, h("h2", { id: "text-title" }, "Text"), this.tabs),
      h("div", { class: "bar" }, this.ways, h("div", { class: "actions" }, this.copy, this.download)),
      h("div", { class: "sheet" }, this.scroll, this.latest),
      this.verdicts);
    this.isAtEnd = true;
    this.isWaiting = false;
  }

  #wayInput(way) {
    return h("input", { type: "radio", name: "way", value: way, ".checked": way === this.#way, onchange: () => this.#turn(way) });
  }

  /** Shows the text of a run; `isWaiting` says whether nothing of the run is at work. */
  show(model, isWaiting) {
    this.model = model;
    this.isWaiting = isWaiting;
    this.versions = model.versions();
    if (this.#chosen !== null && this.#chosen >= this.versions.length) this.#chosen = null;
    const current = this.#chosen ?? this.versions.length - 1;
    this.#showTabs(current);
    this.#showText(this.versions[current], this.versions[current - 1]);
    this.#showVerdicts(this.versions[current]);
  }

  #showTabs(current) {
    const last = this.versions.length - 1;
    const key = JSON.stringify([current, this.isWaiting, this.versions.map((version) => [version.label, version.isWriting, version.score])]);
    if (key === this.tabs.dataset.key) return;
    this.tabs.dataset.key = key;
    update(this.tabs, this.versions.map((version, index) => h("button", {
      type: "button", "data-key": version.key, "aria-pressed": String(index === current), title: version.node === null ? "Edited by the chair" : `Written by ${version.by}`,
      onclick: () => { this.#chosen = index === last ? null : index; this.isAtEnd = index === last && version.isWriting; this.show(this.model, this.isWaiting); },
    }, version.label, version.isWriting && h("span", { class: "writing" }, this.isWaiting ? " · waiting" : " · writing"), version.score !== null && h("b", {}, scoreText(version.score)))));
    // Many versions are in one row, which scrolls.
    const pressed = this.tabs.querySelector("[aria-pressed=true]");
    if (pressed instanceof HTMLElement) this.tabs.scrollLeft = pressed.offsetLeft - this.tabs.offsetLeft - (this.tabs.clientWidth - pressed.offsetWidth) / 2;
  }

  #showText(version, before) {
    const way = this.#way === "changes" && (!before || version?.isWriting) ? "read" : this.#way;
    this.changes.disabled = !before || Boolean(version?.isWriting);
    this.copy.disabled = !version?.text;
    this.download.hidden = !version?.text;
    const placeholder = wordsWithoutText(version, this.model);
    const key = `${way} ${version?.key} ${placeholder}`;
    if (key !== this.#drawn) {
      this.#drawn = key;
      this.#growing = null;
      this.text.className = `text ${way}`;
      this.text.replaceChildren();
      delete this.text.dataset.key;
      if (!version?.isWriting) this.scroll.scrollTop = 0;
    }
    const isFollowing = version?.isWriting && this.isAtEnd;
    if (placeholder) this.#once(() => fill(this.text, h("p", { class: "soft" }, placeholder)), placeholder);
    else if (way === "plain") write(this.text, version.text);
    else if (way === "changes") this.#once(() => this.#showChanges(before.text, version.text), `${before.text.length} ${version.text.length}`);
    else (this.#growing ??= new GrowingText(this.text)).show(version.text);
    if (isFollowing) this.scroll.scrollTop = this.scroll.scrollHeight;
    this.latest.hidden = !version?.isWriting || this.isAtEnd;
  }

  /** Shows the difference between two texts. Its code is loaded when it is shown first. */
  async #showChanges(before, after) {
    const shown = this.#drawn;
    const { differenceNode } = await import("./diff.js");
    if (this.#drawn === shown) fill(this.text, differenceNode(before, after));
  }

  /** Draws only if the key has changed. */
  #once(draw, key) {
    if (this.text.dataset.key === key) return;
    this.text.dataset.key = key;
    draw();
  }

  #showVerdicts(version) {
    const verdicts = version?.verdicts ?? [];
    const key = JSON.stringify([verdicts, this.isWaiting]);
    if (key === this.verdicts.dataset.key) return;
    this.verdicts.dataset.key = key;
    update(this.verdicts, verdicts.map((verdict) => h("article", { class: "verdict" },
      h("header", {}, h("h3", {}, verdict.node === null ? "The chair" : this.model.name(verdict.node), verdict.isWriting && h("span", { class: "writing" }, this.isWaiting ? " · waiting" : " · judging")),
        verdict.score !== null && h("span", { class: "score" }, scoreText(verdict.score), h("small", {}, " / 10"))),
      h("div", { class: "text read" }, markdown(verdict.feedback)))));
  }

  #turn(way) {
    this.#way = way;
    this.show(this.model, this.isWaiting);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < 48;
    if (this.isAtEnd) this.latest.hidden = true;
  }

  #toEnd() {
    this.isAtEnd = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.latest.hidden = true;
    this.scroll.focus();
  }

  get #current() {
    return this.versions[this.#chosen ?? this.versions.length - 1];
  }

  #copy() {
    const words = copyText(this.#current.text) ? "Copied" : "Not allowed";
    write(this.copied, words);
    announce(words);
    setTimeout(() => write(this.copied, "Copy"), 1_500);
  }

  /** Saves the version that is shown; `how` is the name of a function of `download.js`. */
  async #save(how) {
    const { text } = this.#current;
    (await import("./download.js"))[how](firstLine(this.model.topic), text);
  }
}

/** The words that stand in place of a text, as long as there is none. */
function wordsWithoutText(version, model) {
  if (!version) return isOver(model.status) ? "No text." : "No text yet. It appears here while the agents write.";
  if (!version.isWriting || version.text) return "";
  return version.isWithdrawn ? `${version.by} begins again. Its text so far was withdrawn.` : `${version.by} has not written anything yet.`;
}
