/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/**
 * Fields, with what was in them before anybody typed.
 *
 * @type {Map<Control, string>}
 */
const watched = new Map();

/**
 * What is typed there is lost where the field goes, unless it was saved or discarded.
 *
 * @param {Control} control
 */
export function watchField(control) {
  for (const known of watched.keys()) if (!known.isConnected) watched.delete(known);
  watched.set(control, control.value);
}

/**
 * Whether something was typed and not saved, in a part of the page.
 *
 * @param {Node} within
 */
export const hasUnsaved = (within = document) =>
  Array.from(watched).some(([control, first]) => within.contains(control) && control.value !== first);

/** @param {Node} within */
export function discard(within = document) {
  for (const control of watched.keys()) if (within.contains(control)) watched.delete(control);
}

window.addEventListener('beforeunload', (event) => {
  // The browser asks, in its own words.
  if (hasUnsaved()) event.preventDefault();
});
