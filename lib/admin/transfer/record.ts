import { Key } from '../../command-model/command.js';
import { isObject } from '../../options/option-rules.js';
import { type CollectionType, collectionTypes } from '../dto/item.dto.js';
import type { Form } from '../dto/transfer.dto.js';
import { entryTags } from '../../tags/tag-arguments.js';
import { mostFields } from '../entries/whole-key.js';
import { bytesIn, jsonIn, readTyped } from '../typed/typed-reader.js';

/** A key as a line of an export has it. */
export interface KeyRecord {
  /** Of the format. */
  readonly v: 1;
  readonly key: string;
  readonly type: 'string' | CollectionType;
  /** Milliseconds that it was to live from then on; `null` for ever. */
  readonly ttlMs: number | null;
  readonly form: Form;
  /** Of a string in the form of values; bytes have theirs among them. */
  readonly tags?: readonly string[];
  /**
   * A content is a value or base64. Of a string one; a list of them of a list and a set; of a hash `[field, content]`, of a
   * zset `[content, score]`, of a stream `[id, [[field, content]]]`.
   */
  readonly content: unknown;
}

/** What is in a line, read: contents are values, or bytes. */
export type Contents =
  | { readonly type: 'string'; readonly value: unknown }
  | { readonly type: 'list' | 'set'; readonly values: readonly unknown[] }
  | { readonly type: 'hash'; readonly fields: ReadFields }
  | { readonly type: 'zset'; readonly members: readonly (readonly [value: unknown, score: number])[] }
  | { readonly type: 'stream'; readonly entries: readonly (readonly [id: string, fields: ReadFields])[] };

export type ReadFields = readonly (readonly [name: string, value: unknown])[];

export interface ReadRecord {
  readonly key: string;
  readonly leftMs: number | null;
  readonly form: Form;
  readonly tags: readonly string[];
  readonly contents: Contents;
}

const names: ReadonlySet<string> = new Set(['v', 'key', 'type', 'ttlMs', 'form', 'tags', 'content']);
const types: ReadonlySet<unknown> = new Set(['string', ...collectionTypes]);

/** @throws TypeError that says what of a line is not understood; it holds nothing of the contents */
export function readRecord(line: string): ReadRecord {
  const record = jsonIn(line);
  if (!isObject(record)) throw new TypeError('A line must be an object: {"v": 1, "key": …}');
  const odd = Object.keys(record).find((name) => !names.has(name));
  if (odd !== undefined) throw new TypeError(`There is no property ${JSON.stringify(odd)} in a line of an export`);
  const { v, key, type, ttlMs, form, tags = [], content } = record;
  if (v !== 1) throw new TypeError('v must be 1: this version reads no other format');
  if (typeof key !== 'string') throw new TypeError('key must be a string');
  if (!types.has(type)) throw new TypeError(`type must be one of ${['string', ...collectionTypes].join(', ')}`);
  if (ttlMs !== null && !(Number.isSafeInteger(ttlMs) && Number(ttlMs) > 0)) {
    throw new TypeError('ttlMs must be a whole number of milliseconds, 1 or more, or null');
  }
  if (form !== 'values' && form !== 'bytes') throw new TypeError("form must be 'values' or 'bytes'");
  if (!isListOf(tags, isText)) throw new TypeError('tags must be a list of texts');
  if (tags.length > 0 && (type !== 'string' || form !== 'values')) {
    throw new TypeError("Only a string has tags, in the form 'values'");
  }
  // A name that no key has is refused there, and tags that no entry has.
  const { name } = new Key(key, 1);
  entryTags(tags, 1);
  const leftMs = ttlMs === null ? null : Number(ttlMs);
  return { key: name, leftMs, form, tags, contents: contentsIn(String(type), form, content) };
}

function contentsIn(type: string, form: Form, content: unknown): Contents {
  const valueIn = form === 'values' ? readTyped : (text: unknown) => bytesIn('A content', text);
  const fieldsIn = (fields: unknown): ReadFields =>
    pairsIn(fields, 'fields').map(([name, value]) => [textIn(name, 'A field'), valueIn(value)]);
  switch (type) {
    case 'hash':
      return { type, fields: fieldsIn(content) };
    case 'zset':
      return { type, members: pairsIn(content, 'members').map(([value, score]) => [valueIn(value), scoreIn(score)]) };
    case 'stream':
      return {
        type,
        entries: inOrder(pairsIn(content, 'entries').map(([id, fields]) => [idIn(id), fewIn(fieldsIn(fields))])),
      };
    case 'list':
    case 'set':
      return { type, values: someIn(content, 'elements').map(valueIn) };
    default:
      if (content === undefined) throw new TypeError('content is required');
      return { type: 'string', value: valueIn(content) };
  }
}

function someIn(content: unknown, what: string): unknown[] {
  if (!Array.isArray(content) || content.length === 0)
    throw new TypeError(`content must be a list of ${what}, one or more`);
  return content;
}

function pairsIn(content: unknown, what: string): [unknown, unknown][] {
  return someIn(content, what).map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new TypeError(`content must be a list of ${what}, each a pair`);
    return [pair[0], pair[1]];
  });
}

function textIn(text: unknown, what: string): string {
  if (typeof text !== 'string') throw new TypeError(`${what} must be named by a text`);
  return text;
}

/** As this and other programs write it. */
function scoreIn(score: unknown): number {
  const number = score === 'Infinity' ? Infinity : score === '-Infinity' ? -Infinity : score;
  if (typeof number !== 'number') throw new TypeError('A score must be a number, "Infinity" or "-Infinity"');
  return number;
}

function idIn(id: unknown): string {
  if (typeof id !== 'string' || !/^\d{1,20}-\d{1,20}$/.test(id))
    throw new TypeError('An entry must have its ID, such as "5-0"');
  return id;
}

function fewIn(fields: ReadFields): ReadFields {
  if (fields.length > mostFields) throw new TypeError(`An entry has at most ${mostFields} fields`);
  return fields;
}

/** A server takes entries in the order of their IDs only, and would refuse the key halfway. */
function inOrder<T>(entries: readonly (readonly [id: string, T])[]): readonly (readonly [id: string, T])[] {
  let before: [bigint, bigint] = [0n, 0n];
  for (const [id] of entries) {
    const [ms = 0n, count = 0n] = id.split('-').map(BigInt);
    const isLater = ms > before[0] || (ms === before[0] && count > before[1]);
    if (!isLater || ms >= 2n ** 64n || count >= 2n ** 64n)
      throw new TypeError('Entries must be in the order of their IDs');
    before = [ms, count];
  }
  return entries;
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isListOf = <T>(value: unknown, isOne: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(isOne);
