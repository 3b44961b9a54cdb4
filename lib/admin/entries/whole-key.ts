import { randomUUID } from 'node:crypto';
import type { Encoded } from '../../codec/codec.types.js';
import { fieldsExpireSince } from '../../commands/hash-expiry.commands.js';
import { type Argument, type Command, type Key, read, WireKey, write } from '../../command-model/command.js';
import { always, integer } from '../../command-model/replies.js';
import { done } from '../../entries/if-equal.js';
import { hashSlot } from '../../wire/hash-slot.js';
import { fieldOf } from './hash.collection.js';
import type { PeekCache } from './peek-cache.js';

/** The calls that fill a key, without the key argument. */
export type WholeKey = readonly Call[];
type Call = readonly [command: string, before: readonly Argument[], after: readonly Argument[]];

/** Even, to keep pairs together. Managed services limit the number of arguments. */
const mostArguments = 1000;
/** Deletes the draft of a process that ended unexpectedly. */
const draftMs = 60_000;

export type Fields = readonly (readonly [name: string, value: Encoded, leftMs?: number])[];
/** A consumer group without pending entries. */
export type Group = readonly [name: string, lastDeliveredId: string];

export const listOf = (elements: readonly Encoded[]): WholeKey => inParts('RPUSH', elements);
export const setOf = (members: readonly Encoded[]): WholeKey => inParts('SADD', members);
export const sortedSetOf = (members: readonly (readonly [member: Encoded, score: number])[]): WholeKey =>
  inParts(
    'ZADD',
    members.flatMap(([member, score]) => [scoreOf(score), member]),
  );

export function hashOf(fields: Fields): WholeKey {
  const ending = new Map<number, Argument[]>();
  for (const [name, , leftMs] of fields) {
    if (leftMs === undefined) continue;
    const names = ending.get(leftMs);
    if (names) names.push(fieldOf(name));
    else ending.set(leftMs, [fieldOf(name)]);
  }
  return [
    ...inParts('HSET', flat(fields)),
    ...[...ending].flatMap(([leftMs, names]) => inParts('HPEXPIRE', names, (part) => [leftMs, 'FIELDS', part.length])),
  ];
}

export function streamOf(
  entries: readonly (readonly [id: string, fields: Fields])[],
  groups: readonly Group[] = [],
): WholeKey {
  const lastEntry = entries.at(-1)?.[0] ?? '0-0';
  const last = groups.map(([, id]) => id).reduce(laterOf, lastEntry);
  return [
    ...entries.map(([id, fields]): Call => ['XADD', [], [id, ...flat(fields)]]),
    ...groups.map(([name, id]): Call => ['XGROUP', ['CREATE'], [fieldOf(name), id, 'MKSTREAM']]),
    // The last entry was deleted: later entries must get higher IDs, or the group would never receive them.
    ...(last === lastEntry ? [] : [['XSETID', [], [last]] as const]),
  ];
}

export interface Making {
  /** Time to live in milliseconds; `null` for no expiry. */
  readonly leftMs: number | null;
  /** Whether to replace an existing key. */
  readonly overwrite?: boolean;
}

/**
 * Creates a key atomically. It fills a draft under a private name, then renames it. Resolves to whether the key was
 * created.
 */
export async function makeKey(
  peek: PeekCache,
  name: string,
  calls: WholeKey,
  { leftMs, overwrite = false }: Making,
): Promise<boolean> {
  const key = peek.keyNamed(name);
  if (!overwrite && (await peek.carryOut(read('EXISTS', [key], integer))) > 0) return false;
  const draft = draftFor(peek, key);
  const ends = (ms: number): Command<boolean> => write('PEXPIRE', [draft, ms], always);
  await peek.carryOutTogether([
    ...calls.map(([command, before, after]) => callOf(command, [...before, draft, ...after])),
    ends(draftMs),
  ]);
  const [, isMade] = await peek.carryOutTogether([
    leftMs === null ? write('PERSIST', [draft], always) : ends(leftMs),
    write(overwrite ? 'RENAME' : 'RENAMENX', [draft, key], done),
    write('UNLINK', [draft], always),
  ]);
  return isMade === true;
}

/**
 * The draft is one of the library's own keys. It must be in the slot of the target, even if the server hides its
 * cluster.
 */
function draftFor(peek: PeekCache, key: Key): Key {
  const tag = textIn(hashSlot(peek.wireOf(key.name)));
  return new WireKey(key.name, key.version, peek.ownName('own', `draft:{${tag}}:${randomUUID()}`));
}

const texts = new Map<number, string>();
let next = 0;

/** A text that hashes to the slot. The cache of texts stays small, because slots are few. */
function textIn(slot: number): string {
  for (;;) {
    const found = texts.get(slot);
    if (found !== undefined) return found;
    const text = (next++).toString(36);
    texts.set(hashSlot(text), text);
  }
}

const callOf = (name: string, args: readonly Argument[]): Command<boolean> => ({
  ...write(name, args, always),
  ...(name === 'HPEXPIRE' && { since: fieldsExpireSince }),
});

function inParts(
  command: string,
  args: readonly Argument[],
  headOf: (part: readonly Argument[]) => readonly Argument[] = () => [],
): WholeKey {
  return Array.from({ length: Math.ceil(args.length / mostArguments) }, (_, index): Call => {
    const part = args.slice(index * mostArguments, (index + 1) * mostArguments);
    return [command, [], [...headOf(part), ...part]];
  });
}

const flat = (fields: Fields): Argument[] => fields.flatMap(([name, value]) => [fieldOf(name), value]);

const scoreOf = (score: number): string | number => (Number.isFinite(score) ? score : score > 0 ? 'inf' : '-inf');

function laterOf(one: string, other: string): string {
  const [[oneMs = 0n, oneCount = 0n], [otherMs = 0n, otherCount = 0n]] = [halvesOf(one), halvesOf(other)];
  return oneMs > otherMs || (oneMs === otherMs && oneCount >= otherCount) ? one : other;
}

const halvesOf = (id: string): bigint[] => id.split('-').map(BigInt);
