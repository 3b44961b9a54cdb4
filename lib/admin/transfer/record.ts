import { Key } from '../../command-model/command.js';
import { isObject } from '../../options/option-rules.js';
import { type CollectionType, collectionTypes } from '../dto/item.dto.js';
import type { Form } from '../dto/transfer.dto.js';
import { entryTags } from '../../tags/tag-arguments.js';
import { isEntryId } from '../dto/cursors.js';
import type { Contents, ReadFields } from '../entries/contents.js';
import type { Group } from '../entries/whole-key.js';
import { bytesIn, jsonIn, readTyped } from '../typed/typed-reader.js';

/** A key as a line of an export. */
export interface KeyRecord {
  /** The version of the format. */
  readonly v: 1;
  readonly key: string;
  readonly type: 'string' | CollectionType;
  /** The remaining milliseconds at the time of the export; `null` for no expiry. */
  readonly ttlMs: number | null;
  readonly form: Form;
  /** Tags of a string in the form of values; stored bytes include their tags. */
  readonly tags?: readonly string[];
  /**
   * The contents, each a value or base64. A string has one, a list or set an array of them. A hash has rows of
   * `[field, content]`, or `[field, content, leftMs]` for a field that expires. A zset has rows of `[content, score]`, a
   * stream rows of `[id, [[field, content]]]`.
   */
  readonly content: unknown;
  /** Consumer groups of a stream, without their pending entries. */
  readonly groups?: readonly Group[];
}

/** The parsed contents of a line, as values or stored bytes. */
export type LineContents = Contents | { readonly type: 'string'; readonly value: unknown };

export interface ReadRecord {
  readonly key: string;
  readonly leftMs: number | null;
  readonly form: Form;
  readonly tags: readonly string[];
  readonly contents: LineContents;
}

const names: ReadonlySet<string> = new Set(['v', 'key', 'type', 'ttlMs', 'form', 'tags', 'content', 'groups']);
const types: ReadonlySet<unknown> = new Set(['string', ...collectionTypes]);

/** @throws TypeError with the invalid part of the line, but without contents */
export function readRecord(line: string): ReadRecord {
  const record = jsonIn(line);
  if (!isObject(record)) throw new TypeError('A line must be an object: {"v": 1, "key": …}');
  const odd = Object.keys(record).find((name) => !names.has(name));
  if (odd !== undefined) throw new TypeError(`A line of an export has no property ${JSON.stringify(odd)}`);
  const { v, key, type, ttlMs, form, tags = [], content, groups } = record;
  if (v !== 1) throw new TypeError('v must be 1: this version reads no other format');
  if (typeof key !== 'string') throw new TypeError('key must be a string');
  if (!types.has(type)) throw new TypeError(`type must be one of ${['string', ...collectionTypes].join(', ')}`);
  const leftMs = ttlMs === null ? null : lifeIn(ttlMs, 'ttlMs', ', or null');
  if (form !== 'values' && form !== 'bytes') throw new TypeError("form must be 'values' or 'bytes'");
  if (!isListOf(tags, isText)) throw new TypeError('tags must be a list of texts');
  if (tags.length > 0 && (type !== 'string' || form !== 'values')) {
    throw new TypeError("Only a string has tags, in the form 'values'");
  }
  // Rejects invalid keys and tags early.
  const { name } = new Key(key, 1);
  entryTags(tags, 1);
  if (groups !== undefined && type !== 'stream') throw new TypeError('Only a stream has groups');
  return { key: name, leftMs, form, tags, contents: contentsIn(String(type), form, content, groups) };
}

function contentsIn(type: string, form: Form, content: unknown, groups: unknown): LineContents {
  const valueIn = form === 'values' ? readTyped : (text: unknown) => bytesIn('A content', text);
  const fieldsIn = (fields: unknown): ReadFields =>
    pairsIn(fields, 'fields').map(([name, value]) => [textIn(name, 'A field'), valueIn(value)]);
  switch (type) {
    case 'hash':
      return {
        type,
        fields: someIn(content, 'fields').map((field) => {
          const [name, value, leftMs] = fieldIn(field);
          return [name, valueIn(value), leftMs];
        }),
      };
    case 'zset':
      return { type, members: pairsIn(content, 'members').map(([value, score]) => [valueIn(value), scoreIn(score)]) };
    case 'stream': {
      const read = groups === undefined ? [] : groupsIn(groups);
      // A stream may have groups but no entries, after trimming.
      const isEmpty = read.length > 0 && Array.isArray(content) && content.length === 0;
      const entries = isEmpty ? [] : pairsIn(content, 'entries');
      return { type, entries: inOrder(entries.map(([id, fields]) => [idIn(id), fieldsIn(fields)])), groups: read };
    }
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
  return someIn(content, what).map((pair) => pairIn(pair, `content must be a list of ${what}, each a pair`));
}

function pairIn(pair: unknown, message: string): [unknown, unknown] {
  if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError(message);
  return [pair[0], pair[1]];
}

function fieldIn(field: unknown): [name: string, value: unknown, leftMs?: number] {
  if (!Array.isArray(field) || field.length < 2 || field.length > 3)
    throw new TypeError(
      'content must be a list of fields, each a pair, or with the milliseconds that it lives behind it',
    );
  const [name, value, leftMs]: unknown[] = field;
  const pair = [textIn(name, 'A field'), value] as const;
  return field.length === 2 ? [...pair] : [...pair, lifeIn(leftMs, 'The life of a field')];
}

function groupsIn(groups: unknown): Group[] {
  if (!Array.isArray(groups)) throw new TypeError('groups must be a list');
  const read = groups.map((group): Group => {
    const [name, id] = pairIn(group, 'groups must be a list of names with the IDs that they have come to, each a pair');
    return [textIn(name, 'A group'), idIn(id)];
  });
  if (new Set(read.map(([name]) => name)).size < read.length) throw new TypeError('groups must have different names');
  return read;
}

function lifeIn(ms: unknown, what: string, more = ''): number {
  if (typeof ms === 'number' && Number.isSafeInteger(ms) && ms > 0) return ms;
  throw new TypeError(`${what} must be a whole number of milliseconds, 1 or more${more}`);
}

function textIn(text: unknown, what: string): string {
  if (typeof text !== 'string') throw new TypeError(`${what} must be named by a text`);
  return text;
}

/** Accepts the notation of this library and of other programs. */
function scoreIn(score: unknown): number {
  const number = score === 'Infinity' ? Infinity : score === '-Infinity' ? -Infinity : score;
  if (typeof number !== 'number') throw new TypeError('A score must be a number, "Infinity" or "-Infinity"');
  return number;
}

function idIn(id: unknown): string {
  if (!isEntryId(id)) throw new TypeError('An entry must have its ID, such as "5-0"');
  return id;
}

/** A server accepts entries in ascending order of IDs only. It would fail in the middle of the key. */
function inOrder<T>(entries: readonly (readonly [id: string, T])[]): readonly (readonly [id: string, T])[] {
  let before: [bigint, bigint] = [0n, 0n];
  for (const [id] of entries) {
    const [ms = 0n, count = 0n] = id.split('-').map(BigInt);
    const isLater = ms > before[0] || (ms === before[0] && count > before[1]);
    if (!isLater) throw new TypeError('Entries must be in the order of their IDs');
    before = [ms, count];
  }
  return entries;
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isListOf = <T>(value: unknown, isOne: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(isOne);
