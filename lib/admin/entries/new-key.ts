import { isObject } from '../../options/option-rules.js';
import type { CollectionType } from '../dto/item.dto.js';
import type { Contents } from './contents.js';

/**
 * Converts a typed value to the contents of a new collection.
 *
 * @throws TypeError if the value does not fit the type
 */
export function contentsOf(type: CollectionType, value: unknown): Contents {
  if (type === 'hash') return { type, fields: fieldsIn(type, value) };
  if (type === 'stream') return { type, entries: [['*', fieldsIn(type, value)]], groups: [] };
  const values = listIn(type, value);
  return type === 'zset' ? { type, members: values.map(scoredIn) } : { type, values };
}

/** @throws TypeError if the server could not increment it */
export function counterIn(value: unknown): unknown {
  const isCounter = typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
  if (!isCounter) throw new TypeError('A counter is a whole number of at most 64 bits');
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function fieldsIn(type: string, value: unknown): [name: string, value: unknown][] {
  const isPlain = isObject(value) && Object.getPrototypeOf(value) === Object.prototype;
  const fields = isPlain ? Object.entries(value) : [];
  if (fields.length === 0) throw new TypeError(`A ${type} needs one or more fields: {"field": "value"}`);
  return fields;
}

function listIn(type: string, value: unknown): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  const shape = type === 'zset' ? '[["member", 1.5]]' : '["first", "second"]';
  throw new TypeError(`A ${type} needs a list of one or more items: ${shape}`);
}

function scoredIn(pair: unknown): [member: unknown, score: number] {
  if (Array.isArray(pair) && pair.length === 2) {
    const [member, score]: unknown[] = pair;
    if (typeof score === 'number' && !Number.isNaN(score)) return [member, score];
  }
  throw new TypeError('A zset needs members with their scores: [["member", 1.5]]');
}
