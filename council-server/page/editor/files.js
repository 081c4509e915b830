// @ts-check
// Blueprints from and to files, and on their way to the editor.

import { h } from "../lib/dom.js";
import { go, notice } from "../lib/router.js";
import { freeId } from "./rules.js";

/** What was imported or duplicated, on its way to the view that opens it. */
let handedOver = null;

/** Opens a blueprint as a new one that is not saved yet. */
export function openAsNew(blueprint) {
  handedOver = blueprint;
  go(`#/blueprint/new/${Date.now().toString(36)}`);
}

/** The blueprint that is to be opened, or null. It is handed over once. */
export function takeHandedOver() {
  const blueprint = handedOver;
  handedOver = null;
  return blueprint;
}

/** Opens the blueprint of a file as a new one. */
export async function importAsNew() {
  try {
    openAsNew(await importBlueprint());
  } catch (error) {
    notice(error.message);
  }
}

/** Gives the blueprint to the person as a file. */
export function exportBlueprint(blueprint, id) {
  const text = JSON.stringify({ version: 1, ...(id && { id }), ...blueprint }, null, 2);
  const address = URL.createObjectURL(new Blob([`${text}\n`], { type: "application/json" }));
  h("a", { href: address, download: `${freeId(blueprint.name || "council", new Set())}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 0);
}

/** Lets the person choose a file, and resolves to the blueprint in it. */
function importBlueprint() {
  return new Promise((resolve, reject) => {
    const chooser = h("input", { type: "file", accept: ".json,application/json", "aria-label": "A blueprint as JSON", hidden: true });
    chooser.addEventListener("change", async () => {
      chooser.remove();
      try {
        resolve(readBlueprint(await /** @type {FileList} */ (chooser.files)[0].text()));
      } catch (error) {
        reject(error);
      }
    });
    chooser.addEventListener("cancel", () => chooser.remove());
    document.body.append(chooser);
    chooser.click();
  });
}

/** The blueprint in a text, or an error that says why there is none. */
function readBlueprint(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`The file is no JSON: ${error.message}`);
  }
  if (!Array.isArray(found?.nodes)) throw new Error("The file is no blueprint: it has no list of “nodes”.");
  for (const [list, items] of [["nodes", found.nodes], ["edges", found.edges ?? []]]) {
    if (!Array.isArray(items)) throw new Error(`The file is no blueprint: its “${list}” are no list.`);
    const wrong = items.findIndex((item) => item === null || typeof item !== "object" || Array.isArray(item));
    if (wrong >= 0) throw new Error(`The file is no blueprint: number ${wrong + 1} of its “${list}” is no object.`);
  }
  return found;
}
