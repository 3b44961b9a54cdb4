/**
 * What the page shows, in the part of its address that no server sees: it survives a reload, and Back goes back.
 *
 * @typedef {object} Place
 * @property {string} cache
 * @property {string} view
 * @property {string} pattern
 * @property {string} type
 * @property {string} version
 * @property {string} key
 */

/** @type {Readonly<Place>} */
const defaults = { cache: '', view: 'keys', pattern: '*', type: '', version: '', key: '' };

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys gives any texts, and it has these names only
const names = /** @type {(keyof Place)[]} */ (Object.keys(defaults));

/** @returns {Place} */
export function place() {
  const given = new URLSearchParams(location.hash.slice(1));
  const at = { ...defaults };
  for (const name of names) at[name] = given.get(name) ?? defaults[name];
  return at;
}

/**
 * A link to another place: what is not named stays.
 *
 * @param {Partial<Place>} changes
 */
export function hrefOf(changes) {
  const next = { ...place(), ...changes };
  const told = names.filter((name) => next[name] !== defaults[name]).map((name) => [name, next[name]]);
  return `#${new URLSearchParams(told)}`;
}

/** @param {Partial<Place>} changes */
export function go(changes) {
  location.hash = hrefOf(changes);
}
