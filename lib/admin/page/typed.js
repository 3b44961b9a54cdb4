import { el } from './dom.js';
import { parseJson } from './format.js';

/**
 * Examples of the notation for types that JSON cannot express, each with its meaning.
 *
 * @type {readonly (readonly [example: string, meaning: string])[]}
 */
const legend = [
  ['{"$Date": "2026-01-31T12:00:00.000Z"}', 'a Date'],
  ['{"$bigint": "12345678901234567890"}', 'a bigint'],
  ['{"$Map": [["key", "value"]]}', 'a Map'],
  ['{"$Set": ["member"]}', 'a Set'],
  ['{"$Buffer": "aGVsbG8="}', 'bytes in base64; so are $Uint8Array and its like, $ArrayBuffer and $DataView'],
  ['{"$number": "NaN"}', 'NaN; so are Infinity, -Infinity and -0'],
  ['{"$RegExp": ["^a+", "i"]}', 'a RegExp and its flags'],
  ['{"$undefined": true}', 'undefined, inside a value'],
  ['{"$object": {"$Date": "text"}}', 'an object whose only property begins with $'],
];

/**
 * @param {unknown} content
 * @returns {content is string}
 */
const isText = (content) => typeof content === 'string';

/** @type {ReadonlyMap<string, (content: unknown) => boolean>} */
const checks = new Map([
  ['$Date', (content) => isText(content) && !Number.isNaN(Date.parse(content))],
  ['$bigint', (content) => isText(content) && /^-?\d+$/.test(content)],
  ['$Map', (content) => Array.isArray(content) && content.every((pair) => Array.isArray(pair) && pair.length === 2)],
  ['$Set', (content) => Array.isArray(content)],
  ['$number', (content) => isText(content) && ['NaN', 'Infinity', '-Infinity', '-0'].includes(content)],
  ['$RegExp', (content) => Array.isArray(content)],
  ['$undefined', (content) => content === true],
  ['$object', (content) => typeof content === 'object' && content !== null && !Array.isArray(content)],
]);
const ofBytes =
  /^\$(Buffer|ArrayBuffer|DataView|(Uint8|Uint8Clamped|Int8|Uint16|Int16|Uint32|Int32|Float32|Float64|BigInt64|BigUint64)Array)$/;

/**
 * Checks a text before it is sent. The application parses it again, but here the user sees an error at once.
 *
 * @param {string} text
 * @returns {string}
 * @throws Error if it is not JSON, or has an unknown type
 */
export function checkedTyped(text) {
  refuseUnknown(parseJson(text));
  return text;
}

/**
 * @param {unknown} value
 * @param {boolean} isPlain whether a single property is not a type
 */
function refuseUnknown(value, isPlain = false) {
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  const [[name, content] = ['', undefined], ...others] = entries;
  const isType = !isPlain && !Array.isArray(value) && others.length === 0 && name.startsWith('$');
  if (!isType) {
    for (const [, each] of entries) refuseUnknown(each);
    return;
  }
  const check = ofBytes.test(name) ? isText : checks.get(name);
  if (!check) throw new TypeError(`Unknown type ${name}: see the types below`);
  if (!check(content)) {
    const [example] = legend.find(([shown]) => shown.startsWith(`{"${name}"`)) ?? ['{"$Buffer": "aGVsbG8="}'];
    throw new TypeError(`${name} is written as in ${example}`);
  }
  refuseUnknown(content, name === '$object');
}

/**
 * Explains the notation of types.
 *
 * @param {boolean} isOpen
 */
export const typedLegend = (isOpen = false) =>
  el(
    'details',
    { class: 'legend', open: isOpen },
    el('summary', {}, 'Types that JSON cannot express'),
    el(
      'dl',
      {},
      legend.map(([example, meaning]) =>
        el('div', {}, el('dt', {}, el('code', { class: 'value' }, example)), el('dd', {}, meaning)),
      ),
    ),
  );
