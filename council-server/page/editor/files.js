// @ts-check
// Export to files, import from files, and opening a blueprint as a new one.

import { call, listed } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { fileName, saveFile } from "../lib/file.js";
import { go, notice } from "../lib/router.js";

/** The blueprint that was imported or duplicated, for the view that opens it. */
let handedOver = null;

/** Opens a blueprint as a new one that is not saved yet. */
export function openAsNew(blueprint) {
  handedOver = blueprint;
  go(`#/blueprint/new/${Date.now().toString(36)}`);
}

/** The blueprint that is to be opened, or null. It is returned once. */
export function takeHandedOver() {
  const blueprint = handedOver;
  handedOver = null;
  return blueprint;
}

/** Imports a blueprint from a file and opens it as a new one. */
export async function importAsNew() {
  try {
    openAsNew(await importBlueprint());
  } catch (error) {
    notice(error.message);
  }
}

/** Saves a draft as a file. */
export function exportBlueprint(draft) {
  saveFile(`${fileName(draft.now.name, "council")}.json`, "application/json", `${JSON.stringify(draft.request(), null, 2)}\n`);
}

/** Lets the person choose a file, and resolves to the blueprint in it. */
function importBlueprint() {
  return new Promise((resolve, reject) => {
    const chooser = h("input", { type: "file", accept: ".json,application/json", "aria-label": "A blueprint as JSON", hidden: true });
    chooser.addEventListener("change", async () => {
      chooser.remove();
      try {
        resolve(await readBlueprint(await /** @type {FileList} */ (chooser.files)[0].text()));
      } catch (error) {
        reject(error);
      }
    });
    chooser.addEventListener("cancel", () => chooser.remove());
    document.body.append(chooser);
    chooser.click();
  });
}

/** The blueprint in a text, as the server reads it. Throws an error with the reason if there is none. */
async function readBlueprint(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Error(`Not a JSON file: ${error.message}`);
  }
  const { blueprint, faults } = await call("/api/councils/check", { method: "POST", body });
  if (!blueprint) throw new Error(`Not a blueprint: ${listed(faults)}`);
  return blueprint;
}
