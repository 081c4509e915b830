// @ts-check
// The list of all blueprints, and the templates of a new one: `#/blueprints`.

import { call, Fault } from "../lib/api.js";
import { announce, byId, h, icon, s } from "../lib/dom.js";
import { notice } from "../lib/router.js";
import { update } from "../lib/update.js";
import { modelName, plural, when } from "../lib/words.js";
import { tidied } from "./document.js";
import { importAsNew, openAsNew } from "./files.js";
import { blueprintPath, confirmDeletion, knownModels, runBlueprint } from "./save.js";
import { CARD, edgeShape, extentOf } from "./shape.js";
import { blueprintTemplates } from "./templates.js";

export async function blueprintsView(_, signal) {
  const [saved, models] = await Promise.all([call("/api/councils/", { signal }), knownModels(signal)]);
  return { title: "Blueprints", body: blueprintList(saved, models) };
}

function blueprintList(saved, models) {
  const list = h("ul", { class: "blueprint-list" });
  let shown = saved;
  const show = () => update(list, shown.map((blueprint) => blueprintItem(blueprint, remove)));
  const remove = (gone) => {
    shown = shown.filter((other) => other !== gone);
    show();
  };
  show();
  return h("div", { class: "blueprints" },
    h("h1", {}, "Blueprints"),
    h("p", { class: "soft" }, "A blueprint is a council of your own: its agents, their prompts and models, and the connections between them."),
    saved.length > 0 && h("section", { "aria-label": "Saved blueprints" }, list),
    h("section", { "aria-labelledby": "begin-title" },
      h("header", { class: "blueprints-head" },
        h("h2", { id: "begin-title" }, "New blueprint"),
        h("button", { class: "quiet", type: "button", onclick: importAsNew }, "Import JSON")),
      h("ul", { class: "template-list" }, blueprintTemplates(models.default).map(templateItem))));
}

function blueprintItem(blueprint, remove) {
  const { id, name, nodes, updatedAt } = blueprint;
  const models = [...new Set(nodes.map((node) => modelName(node.model)))];
  const take = async () => {
    if (!(await confirmDeletion(name))) return;
    try {
      await call(blueprintPath(id), { method: "DELETE" });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.status !== 404) return notice(error.message);
    }
    remove(blueprint);
    announce(`“${name}” deleted.`);
    byId("main").focus();
  };
  return h("li", { class: "card blueprint", "data-key": id },
    h("a", { class: "blueprint-drawing", href: `#/blueprint/${encodeURIComponent(id)}`, tabindex: -1, "aria-hidden": "true" }, miniature(blueprint)),
    h("div", {},
      h("h2", { dir: "auto" }, h("a", { href: `#/blueprint/${encodeURIComponent(id)}` }, name)),
      h("p", { class: "hint" }, [plural(nodes.length, "agent"), models.slice(0, 2).join(", ") + (models.length > 2 ? ` and ${models.length - 2} more` : "")].filter(Boolean).join(" · ")),
      updatedAt && h("p", { class: "hint" }, "Saved ", when(updatedAt))),
    h("div", { class: "actions" },
      h("button", { class: "plain", type: "button", "aria-label": `Run ${name}`, onclick: () => runBlueprint(blueprint) }, icon("play"), "Run"),
      h("button", { class: "quiet round", type: "button", "aria-label": `Duplicate ${name}`, title: "Duplicate", onclick: () => openAsNew({ ...blueprint, id: null, name: `${name} copy` }) }, icon("copy")),
      h("button", { class: "quiet round", type: "button", "aria-label": `Delete ${name}`, title: "Delete", onclick: take }, icon("cross"))));
}

function templateItem({ key, title, about, blueprint }) {
  return h("li", {},
    h("a", { class: "card template", href: `#/blueprint/new/${key}` },
      h("span", { class: "blueprint-drawing" }, miniature(blueprint)),
      h("span", { class: "template-title" }, title),
      h("span", { class: "hint" }, about)));
}

/** A small drawing of a council. */
function miniature(blueprint) {
  const { nodes, edges } = tidied(blueprint);
  if (!nodes.length) return s("svg", { class: "miniature", viewBox: "0 0 300 100", "aria-hidden": "true" }, s("rect", { x: 106, y: 27, width: 88, height: 46, rx: 14, class: "nothing" }));
  const { left, top, width, height } = extentOf(nodes);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const lines = edges.filter(({ source, target }) => byId.has(source) && byId.has(target));
  return s("svg", { class: "miniature", viewBox: `${left - 40} ${top - 90} ${width + 80} ${height + 180}`, "aria-hidden": "true" },
    lines.map(({ source, target }) => s("path", { d: edgeShape(byId.get(source), byId.get(target)).path })),
    nodes.map((node) => s("rect", { ...node.position, ...CARD, rx: 22, class: node.role === "critic" ? "critic" : "" })));
}
