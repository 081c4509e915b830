// @ts-check
// Files that the page makes: their names, and their download.

import { h } from "./dom.js";

/**
 * Saves a file on the computer of the person.
 * @param {string} name
 * @param {string} type its media type
 * @param {BlobPart} content
 */
export function saveFile(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: address, download: name }).click();
  // The browser reads the address after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The name of a file without its extension, made of a title in any script: `How owls see` is `how-owls-see`. */
export function fileName(title, otherwise) {
  const words = title.normalize("NFC").toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...words.join("-")].slice(0, 60).join("").replace(/-+$/, "") || otherwise;
}
