/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/**
 * Fields with their initial values.
 *
 * @type {Map<Control, string>}
 */
const watched = new Map();

/**
 * Registers a field whose text is lost with the field, unless the user saves it.
 *
 * @param {Control} control
 */
export function watchField(control) {
  for (const known of watched.keys()) if (!known.isConnected) watched.delete(known);
  watched.set(control, control.value);
}

/**
 * Whether a part of the page has unsaved text.
 *
 * @param {Node} within
 */
export const hasUnsaved = (within = document) =>
  Array.from(watched).some(([control, first]) => within.contains(control) && control.value !== first);

/** @param {Node} within */
export function discard(within = document) {
  for (const [control, first] of watched) {
    if (!within.contains(control) || control.value === first) continue;
    control.value = first;
    control.dispatchEvent(new Event('input'));
  }
}

window.addEventListener('beforeunload', (event) => {
  // The browser asks in its own words.
  if (hasUnsaved()) event.preventDefault();
});
