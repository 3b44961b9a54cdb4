import { hasRoundedInteger } from '../../codec/serializers/exact-integers.js';
import { isObject } from '../../options/option-rules.js';
import { deepestJson } from './value-walk.js';
import { isTag, longestBigint, oddNumbers, viewTypes } from './notation.js';

/**
 * Parses a text in the notation.
 *
 * @throws TypeError if the text is invalid; the message names places and contains no part of the text
 */
export function valueOf(text: string): unknown {
  return readTyped(jsonIn(text));
}

/** @throws TypeError if the text is not JSON, or if a number would be rounded */
export function jsonIn(text: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new TypeError('The value is not JSON');
  }
  if (hasRoundedInteger(Buffer.from(text), text)) {
    throw new TypeError('The value has an integer that a number would round: write {"$bigint": "…"}');
  }
  return json;
}

/** Converts parsed JSON from the notation to a value. */
export const readTyped = (json: unknown): unknown => read(json, 0);

type Read = (content: unknown, depth: number) => unknown;

function read(json: unknown, depth: number): unknown {
  if (depth > 2 * deepestJson) throw new TypeError('The value is nested too deeply');
  if (Array.isArray(json)) return json.map((element) => read(element, depth + 1));
  if (!isObject(json)) return json;
  const names = Object.keys(json);
  if (!isTag(names)) return properties(json, depth);
  const [name] = names;
  const reader = tags.get(name!);
  if (!reader) {
    throw new TypeError('Unknown type: write an object whose only property begins with $ as {"$object": {…}}');
  }
  return reader(json[name!], depth + 1);
}

const properties = (object: object, depth: number): object =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, read(value, depth + 1)]));

const tags: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['$Date', dateOf],
  ['$bigint', bigintOf],
  ['$Map', (content, depth) => new Map(listIn('$Map', content).map((pair) => pairOf(pair, depth)))],
  ['$Set', (content, depth) => new Set(listIn('$Set', content).map((member) => read(member, depth)))],
  ['$Buffer', (content) => bytesIn('$Buffer', content)],
  ['$ArrayBuffer', (content) => bufferOf(bytesIn('$ArrayBuffer', content))],
  ['$RegExp', regExpOf],
  ['$number', numberOf],
  ['$undefined', undefinedOf],
  ['$object', (content, depth) => properties(objectIn(content), depth)],
  ...Array.from(viewTypes, ([name, type]): [string, Read] => [name, (content) => viewOf(name, type, content)]),
]);

const wrong = (name: string, what: string): TypeError => new TypeError(`${name} must be ${what}`);

const day = /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** Requires an existing day and, with a time, a zone: without one, the time would depend on the machine. */
function dateOf(content: unknown): Date {
  const date = new Date(String(content));
  const [, year, month, dayOfMonth] = (typeof content === 'string' && day.exec(content)) || [];
  const isDay = new Date(Date.UTC(2000, Number(month), 0)).getUTCDate() >= Number(dayOfMonth);
  const isLeap = month !== '02' || dayOfMonth !== '29' || new Date(Date.UTC(Number(year), 1, 29)).getUTCMonth() === 1;
  if (!isDay || !isLeap || Number.isNaN(date.getTime())) {
    throw wrong('$Date', 'a date such as "2026-01-31T12:00:00.000Z", with its zone');
  }
  return date;
}

function bigintOf(content: unknown): bigint {
  if (typeof content !== 'string' || content.length > longestBigint || !/^-?\d+$/.test(content)) {
    throw wrong('$bigint', 'a whole number in quotes');
  }
  return BigInt(content);
}

function pairOf(content: unknown, depth: number): [unknown, unknown] {
  const pair = listIn('$Map', content);
  if (pair.length !== 2) throw wrong('$Map', 'a list of pairs: [["key", "value"]]');
  return [read(pair[0], depth), read(pair[1], depth)];
}

function listIn(name: string, content: unknown): unknown[] {
  if (!Array.isArray(content)) throw wrong(name, 'a list');
  return content;
}

function objectIn(content: unknown): object {
  if (!isObject(content)) throw wrong('$object', 'an object');
  return content;
}

/** @throws TypeError if the text is not canonical base64 */
export function bytesIn(name: string, content: unknown): Buffer {
  const bytes = Buffer.from(String(content), 'base64');
  if (typeof content !== 'string' || bytes.toString('base64') !== content) throw wrong(name, 'bytes in base64');
  return bytes;
}

const bufferOf = (bytes: Buffer): ArrayBuffer => Uint8Array.from(bytes).buffer;

function viewOf(name: string, type: new (buffer: ArrayBuffer) => ArrayBufferView, content: unknown): ArrayBufferView {
  const buffer = bufferOf(bytesIn(name, content));
  try {
    return new type(buffer);
  } catch {
    throw wrong(name, 'as many bytes as whole elements take, in base64');
  }
}

function regExpOf(content: unknown): RegExp {
  const [source, flags = ''] = listIn('$RegExp', content);
  if (typeof source === 'string' && typeof flags === 'string') {
    try {
      return new RegExp(source, flags);
    } catch {
      // Reported like a value that is not a string.
    }
  }
  throw wrong('$RegExp', 'a pattern and its flags: ["^a+", "i"]');
}

function numberOf(content: unknown): number {
  const number = oddNumbers.get(content);
  if (number === undefined) throw wrong('$number', '"NaN", "Infinity", "-Infinity" or "-0"');
  return number;
}

function undefinedOf(content: unknown): undefined {
  if (content !== true) throw wrong('$undefined', 'true');
}
