// @ts-check
// The theme: light, dark, or that of the system.

import { byId, fill, icon } from "./dom.js";

const THEME = "council.theme";
const THEMES = ["auto", "light", "dark"];

function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  const words = { auto: "system", light: "light", dark: "dark" };
  const button = byId("theme");
  const label = `Colours: ${words[theme]}. Change to ${words[next]}.`;
  button.setAttribute("aria-label", label);
  button.title = label;
  fill(button, icon({ auto: "auto", light: "sun", dark: "moon" }[theme]));
  button.onclick = () => {
    localStorage.setItem(THEME, next);
    applyTheme(next);
  };
}

/** Applies the theme that was chosen before, or that of the system. */
export function startTheme() {
  applyTheme(THEMES.find((theme) => theme === localStorage.getItem(THEME)) ?? "auto");
}
