import { Member, Payload, Value } from '../../command-model/command.js';
import { isObject } from '../../options/option-rules.js';
import type { CollectionType } from '../dto/item.dto.js';
import { expectKept } from './kept.js';
import type { PeekCache } from './peek-cache.js';
import { hashOf, listOf, setOf, sortedSetOf, streamOf, type WholeKey } from './whole-key.js';

/**
 * A new collection of what somebody has typed.
 *
 * @throws TypeError where that is not what such a collection is made of
 */
export async function newCollection(peek: PeekCache, type: CollectionType, value: unknown): Promise<WholeKey> {
  if (type === 'hash' || type === 'stream') {
    const fields = fieldsIn(type, value);
    for (const [, each] of fields) await expectKept(peek, each, 'value');
    if (type === 'hash') return hashOf(fields.map(([name, each]) => [name, new Value(each)]));
    return streamOf([['*', fields.map(([name, each]) => [name, new Payload(each)])]]);
  }
  const list = listIn(type, value);
  if (type === 'zset') {
    const pairs = list.map(scoredIn);
    for (const [member] of pairs) await expectKept(peek, member, 'member');
    return sortedSetOf(pairs.map(([member, score]) => [new Member(member), score]));
  }
  for (const each of list) await expectKept(peek, each, 'member');
  const members = list.map((each) => new Member(each));
  return type === 'list' ? listOf(members) : setOf(members);
}

/** @throws TypeError where the server could not count with it */
export function counterIn(value: unknown): unknown {
  const isCounter = typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
  if (!isCounter) throw new TypeError('A counter is a whole number of at most 64 bits');
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function fieldsIn(type: string, value: unknown): [name: string, value: unknown][] {
  const isPlain = isObject(value) && Object.getPrototypeOf(value) === Object.prototype;
  const fields = isPlain ? Object.entries(value) : [];
  if (fields.length === 0) throw new TypeError(`A ${type} is made of fields, one or more: {"field": "value"}`);
  return fields;
}

function listIn(type: string, value: unknown): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  const shape = type === 'zset' ? '[["member", 1.5]]' : '["first", "second"]';
  throw new TypeError(`A ${type} is made of a list of one or more: ${shape}`);
}

function scoredIn(pair: unknown): [member: unknown, score: number] {
  if (Array.isArray(pair) && pair.length === 2) {
    const [member, score]: unknown[] = pair;
    if (typeof score === 'number' && !Number.isNaN(score)) return [member, score];
  }
  throw new TypeError('A zset is made of members with their scores: [["member", 1.5]]');
}
