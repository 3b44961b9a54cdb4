import { type Argument, run, write } from '../../command-model/command.js';
import { always, integer } from '../../command-model/replies.js';
import { strict } from '../../command-model/strict.js';
import { ConfigError } from '../../index.js';
import { fieldOf } from './hash.collection.js';
import { makeKeyScript } from './make-key.script.js';
import type { PeekCache } from './peek-cache.js';

/** A key as a whole: the command that fills it, and what comes after the key in each of its calls. */
export interface WholeKey {
  readonly command: string;
  readonly calls: readonly (readonly Argument[])[];
}

/** What belongs together is not torn: it is even. Lua has no room for many thousands. */
const mostArguments = 1000;
/** Of an entry of a stream: it is one call, and a longer one would fail where the script has deleted the old key already. */
export const mostFields = 3000;

export type Fields = readonly (readonly [name: string, value: Argument])[];

export const hashOf = (fields: Fields): WholeKey => inParts('HSET', flat(fields));
export const listOf = (elements: readonly Argument[]): WholeKey => inParts('RPUSH', elements);
export const setOf = (members: readonly Argument[]): WholeKey => inParts('SADD', members);
export const sortedSetOf = (members: readonly (readonly [member: Argument, score: number])[]): WholeKey =>
  inParts(
    'ZADD',
    members.flatMap(([member, score]) => [scoreOf(score), member]),
  );
export const streamOf = (entries: readonly (readonly [id: string, fields: Fields])[]): WholeKey => ({
  command: 'XADD',
  calls: entries.map(([id, fields]) => [id, ...flat(fields)]),
});

export interface Making {
  /** How long it lives; `null` for ever. */
  readonly leftMs: number | null;
  /** Whether what is there gives way. */
  readonly overwrite?: boolean;
}

/** All at once, or not at all: whether it was made. */
export async function makeKey(peek: PeekCache, name: string, whole: WholeKey, making: Making): Promise<boolean> {
  const { leftMs, overwrite = false } = making;
  const { command, calls } = whole;
  const args = calls.flatMap((call): Argument[] => [call.length, ...call]);
  const script = [overwrite ? 1 : 0, leftMs ?? 0, command, ...args];
  try {
    return (await peek.carryOut(strict(run(makeKeyScript, [peek.keyNamed(name)], script, integer)))) > 0;
  } catch (error) {
    // The embedded engine, without its Lua: nobody else comes between.
    if (!(error instanceof ConfigError)) throw error;
    return makeStepwise(peek, name, whole, making);
  }
}

async function makeStepwise(
  peek: PeekCache,
  name: string,
  { command, calls }: WholeKey,
  { leftMs, overwrite = false }: Making,
): Promise<boolean> {
  const key = peek.keyNamed(name);
  if (!overwrite && (await peek.carryOut(write('EXISTS', [key], integer))) > 0) return false;
  const steps = [
    write('UNLINK', [key], always),
    ...calls.map((call) => write(command, [key, ...call], always)),
    ...(leftMs === null ? [] : [write('PEXPIRE', [key, leftMs], always)]),
  ];
  for (const step of steps) await peek.carryOut(step);
  return true;
}

function inParts(command: string, args: readonly Argument[]): WholeKey {
  const calls: (readonly Argument[])[] = [];
  for (let at = 0; at < args.length; at += mostArguments) calls.push(args.slice(at, at + mostArguments));
  return { command, calls };
}

const flat = (fields: Fields): Argument[] => fields.flatMap(([name, value]) => [fieldOf(name), value]);

const scoreOf = (score: number): string | number => (Number.isFinite(score) ? score : score > 0 ? 'inf' : '-inf');
