import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { waitFor } from '../servers/wait-for.js';
import { examplesOf } from './examples.js';

describe('unchanged, the examples of', () => {
  let cache: CachexService;
  const reserve = vi.fn<(id: number, hold: { fencingToken?: number }) => Promise<object>>(async () => ({
    id: 'order',
  }));
  const checkOut = vi.fn<() => Promise<void>>();
  const calculatePrice = vi.fn<() => Promise<number>>(async () => 129.9);
  const done = () => vi.fn<(...args: unknown[]) => Promise<void>>();
  const [quote, reprice, transfer, relay] = [done(), done(), done(), done()];

  beforeEach(async () => {
    cache = await openCache({ connection: 'memory://' });
  });
  afterEach(() => cache.close());

  async function runAll(page: string): Promise<void> {
    const scope = { cache, reserve, checkOut, calculatePrice, quote, reprice, transfer, relay, ids: ['a'] };
    for (const { text } of examplesOf(page)) {
      const example = ts.transpile(`async function example() { ${text} }`, { target: ts.ScriptTarget.ES2022 });
      const run = compileFunction(`${example}; return example();`, Object.keys(scope)) as (
        ...values: unknown[]
      ) => Promise<void>;
      await run(...Object.values(scope));
    }
  }

  it('scripts take only existing units', async () => {
    await cache.set('stock:42', 10);
    await runAll('docs/scripts.md');
    expect(await cache.getMany(['stock:42', 'sold'])).toEqual(
      new Map([
        ['stock:42', 7],
        ['sold', 1],
      ]),
    );
    await cache.set('stock:42', 1);
    expect(await cache.evalScript('take', ['stock:42'], [2])).toBe(-1);
    expect(await cache.get('stock:42')).toBe(1);
  });

  it('locks guard their data', async () => {
    await runAll('docs/locks.md');
    expect(reserve).toHaveBeenCalledWith(42, { fencingToken: expect.any(Number), signal: expect.any(AbortSignal) });
    expect(checkOut).toHaveBeenCalledOnce();
    expect(quote).toHaveBeenCalledWith(['a']);
    for (const fenced of [reprice, transfer]) expect(fenced.mock.lastCall).toContainEqual(expect.any(Number));
    await waitFor(() => relay.mock.calls.length === 1, { what: 'the leader' });
    expect(await cache.hget('price:42', 'value')).toBe(129.9);
    const fence = (await cache.hget<number>('price:42', 'fence'))!;
    expect(await cache.evalScript('guarded-set', ['price:42'], [fence - 1, 1])).toBe(0);
    expect(await cache.hget('price:42', 'value')).toBe(129.9);
  });
});
