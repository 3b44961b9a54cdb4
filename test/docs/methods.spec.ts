import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Commands } from '../../lib/pipeline/commands.js';
import { CachexService, Pipeline } from '../../lib/index.js';

const page = readFileSync(new URL('../../docs/methods.md', import.meta.url), 'utf8');
/** Internal methods of groups and classes, which no user calls. */
const internal =
  /^(constructor|keyOf|keysOf|versionOf|sourceAndDestination|targetAndSources|groupOf|send|evictions|evictAtCommit|claimInstant|idempotency|fromHere|fromStart|toJSON|on[A-Z].*)$/;

function methodsOf(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => !internal.test(name));
}

/** The rows of the tables, by method. */
const rows = new Map(
  page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => [/^\| `(\w+)/.exec(line)![1]!, line] as const),
);

describe('docs/methods.md', () => {
  const publicCommands = methodsOf(Commands.prototype);

  it.each([...publicCommands, ...methodsOf(CachexService.prototype)])('has a row for %s', (name) => {
    expect(rows.has(name), name).toBe(true);
  });

  it('names no method that does not exist', () => {
    const methods = new Set([...publicCommands, ...methodsOf(CachexService.prototype)]);
    expect([...rows.keys()].filter((name) => !methods.has(name))).toEqual([]);
  });

  it('marks the methods of a pipeline', () => {
    const marked = [...rows].filter(([, row]) => /\|\s+p\s+\|/.test(row)).map(([name]) => name);
    expect(marked.toSorted()).toEqual(publicCommands.toSorted());
    for (const name of marked) expect(typeof Pipeline.prototype[name as keyof Pipeline]).toBe('function');
  });
});
