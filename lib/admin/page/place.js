/** What the page shows, in the part of its address that no server sees: it survives a reload, and Back goes back. */
const defaults = { cache: '', view: 'keys', pattern: '*', type: '', version: '', key: '' };

export function place() {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, given.get(name) ?? value]));
}

/** A link to another place: what is not named stays. */
export function hrefOf(changes, from = place()) {
  const next = Object.entries({ ...from, ...changes }).filter(([name, value]) => value !== defaults[name]);
  return `#${new URLSearchParams(next)}`;
}

export function go(changes) {
  location.hash = hrefOf(changes);
}
