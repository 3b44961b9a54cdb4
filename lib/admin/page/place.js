/**
 * The place of the page, in the fragment of its address. It survives a reload, Back returns to it, and no server sees
 * it.
 *
 * @typedef {object} Place
 * @property {string} cache
 * @property {string} view
 * @property {string} pattern
 * @property {string} type
 * @property {string} version
 * @property {string} scope
 * @property {string} key
 * @property {string} of the chosen item of a view: a tag or a stream
 * @property {string} range the period of figures
 * @property {string} whose the processes of figures
 * @property {string} prefix the prefix of keys
 * @property {string} as the form of the key list: `'tree'` or a list
 */

/** @type {Readonly<Place>} */
const defaults = {
  cache: '',
  view: 'keys',
  pattern: '*',
  type: '',
  version: '',
  scope: '',
  key: '',
  of: '',
  range: '1h',
  whose: 'process',
  prefix: '',
  as: '',
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys returns strings; these are the properties of a place
const names = /** @type {(keyof Place)[]} */ (Object.keys(defaults));

/** @returns {Place} */
export function place() {
  const given = new URLSearchParams(location.hash.slice(1));
  const at = { ...defaults };
  for (const name of names) at[name] = given.get(name) ?? defaults[name];
  const hex = given.get('hex');
  if (hex) at.key = nameOfBytes(hex);
  return at;
}

/**
 * A link to another place, which keeps all parts that are not named.
 *
 * @param {Partial<Place>} changes
 */
export function hrefOf(changes) {
  const next = { ...place(), ...changes };
  const told = names
    .filter((name) => next[name] !== defaults[name])
    .map((name) => (name === 'key' ? inAddress(next.key) : [name, next[name]]));
  return `#${new URLSearchParams(told)}`;
}

/**
 * Selects keys in a request.
 *
 * @typedef {{ readonly version?: string, readonly scope?: string }} Where
 */

/**
 * @param {Pick<Place, 'version' | 'scope'>} at
 * @returns {Where}
 */
export function whereOf({ version, scope }) {
  return { ...(version && { version }), ...(scope && { scope }) };
}

/** @param {Partial<Place>} changes */
export function go(changes) {
  location.hash = hrefOf(changes);
}

/**
 * Remembers the place, for work that ends later.
 *
 * @returns {() => boolean} whether the user has neither left it nor opened a dialog
 */
export function here() {
  const { hash } = location;
  return () => location.hash === hash && !document.querySelector('dialog[open]');
}

/**
 * Encodes a key for an address. An address cannot express invalid UTF-8, which the application represents by halves of
 * surrogate pairs.
 *
 * @param {string} key
 * @returns {[name: string, value: string]}
 */
export function inAddress(key) {
  if (key.isWellFormed()) return ['key', key];
  const encoder = new TextEncoder();
  const hex = Array.from(key, (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    const bytes = code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : Array.from(encoder.encode(letter));
    return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  });
  return ['hex', hex.join('')];
}

/** @param {string} hex */
function nameOfBytes(hex) {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  let name = '';
  for (let at = 0; at < bytes.length;) {
    const [letter, length] = letterAt(bytes, at);
    name += letter;
    at += length;
  }
  return name;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {[letter: string, length: number]}
 */
function letterAt(bytes, at) {
  for (let length = 1; length <= 4; length++) {
    try {
      return [strict.decode(bytes.subarray(at, at + length)), length];
    } catch {
      // A longer text, or none.
    }
  }
  return [String.fromCharCode(0xdc00 + (bytes[at] ?? 0)), 1];
}
