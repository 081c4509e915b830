// @ts-check
// Changes of the page that wait while a control is pressed: it must still be under the pointer when the pointer is released.

let isPressed = false;
/** @type {Set<() => void>} */
const waiting = new Set();

/** Whether a button or link is pressed now. */
export const isControlPressed = () => isPressed;

/** Calls `act`, at once or when the pointer has released the button or link that it presses. */
export function afterPress(act) {
  if (isPressed) waiting.add(act);
  else act();
}

function release() {
  isPressed = false;
  const acts = [...waiting];
  waiting.clear();
  for (const act of acts) act();
}

// Other controls do not count: a choice list may take the release of the pointer, and a slider is pressed for long.
addEventListener("pointerdown", ({ button, target }) => {
  const control = target instanceof Element ? target.closest("a, button, summary, label, select, input, textarea") : null;
  isPressed = button === 0 && control !== null && control.matches("a, button, summary, label");
}, { capture: true });
// The click follows in the same task as the release.
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(release), { capture: true });
addEventListener("blur", release);
