// @ts-check
// The entry: the views by the first part of their address.

import { token } from "./lib/api.js";
import { route } from "./lib/router.js";
import { startTheme } from "./lib/theme.js";
import { runView } from "./run/run.js";
import { historyView } from "./lists/history.js";
import { startView } from "./lists/start.js";

token.take();
startTheme();
route({
  start: startView,
  run: runView,
  runs: historyView,
  blueprints: async (...rest) => (await import("./editor/list.js")).blueprintsView(...rest),
  blueprint: async (...rest) => (await import("./editor/view.js")).editorView(...rest),
});
