import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CrossSlotError, NotSupportedError } from '../../lib/index.js';
import { onEveryTopology } from './contract.js';

/** So long that no passing test waits for its end, and so short that a failing one does. */
const long = '10s';

onEveryTopology((t) => {
  const added = (n: number) => t.cache.xadd(t.key(), { n }, { id: `${n}-0` });
  const entries = (n: number) => new Map([[t.key(), [{ id: `${n}-0`, fields: { n } }]]]);

  describe('xread and xreadgroup with block', () => {
    it('return existing entries at once, and wait for others', async () => {
      await added(1);
      expect(await t.cache.xread({ [t.key('none')]: '0', [t.key()]: '0' }, { block: null })).toEqual(entries(1));
      const waiting = t.cache.xread({ [t.key()]: '1' }, { block: long });
      await added(2);
      expect(await waiting).toEqual(entries(2));
    });

    it('return nothing when the time is over', async () => {
      expect(await t.cache.xread({ [t.key()]: '$' }, { block: '30ms' })).toEqual(new Map());
      expect(await t.cache.xread({ [t.key()]: '$' }, { block: 0 })).toEqual(new Map());
    });

    it('deliver each entry to one waiter', async () => {
      await t.cache.xgroupCreate(t.key(), 'g', '$', { mkstream: true });
      const read = (consumer: string) =>
        t.cache.xreadgroup('g', consumer, { [t.key()]: '>' }, { block: long, count: 1 });
      const waiting = [read('ada'), read('grace')];
      await added(1);
      await added(2);
      const found = (await Promise.all(waiting)).map((each) => each.get(t.key())![0]!.id);
      expect(found.toSorted()).toEqual(['1-0', '2-0']);
    });

    it('end by a signal; later entries are left for others', async () => {
      await t.cache.xgroupCreate(t.key(), 'g', '$', { mkstream: true });
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      const options = { block: null, signal: controller.signal };
      const waits = Promise.allSettled([
        t.cache.xread({ [t.key()]: '$' }, options),
        t.cache.xreadgroup('g', 'ada', { [t.key()]: '>' }, options),
      ]);
      await sleep(20);
      controller.abort(reason);
      const refused = { status: 'rejected', reason };
      expect(await waits).toEqual([refused, refused]);
      await added(1);
      expect(await t.cache.xreadgroup('g', 'grace', { [t.key()]: '>' })).toEqual(entries(1));
    });

    it('refuse invalid arguments, and pipelines lack them', async () => {
      await expect(t.cache.xread({ [t.key()]: '0' }, { block: NaN })).rejects.toThrow(TypeError);
      await expect(t.cache.xread({ [t.key()]: '0' }, { block: 1, signal: {} as never })).rejects.toThrow(TypeError);
      const options = { block: 1 } as object;
      expect(() => t.cache.pipeline().xread({ [t.key()]: '0' }, options)).toThrow(NotSupportedError);
    });
  });

  it('streams of one call are in one slot', async () => {
    const streams = { [`{${randomUUID()}}`]: '0', [`{${randomUUID()}}`]: '0' };
    const refused = { status: 'rejected', reason: expect.any(CrossSlotError) };
    const expected = t.isSlotted ? refused : { status: 'fulfilled', value: new Map() };
    const calls = [t.cache.xread(streams), t.cache.xread(streams, { block: '10ms' })];
    expect(await Promise.allSettled(calls)).toEqual([expected, expected]);
  });
});
