import { describe, expect, it } from 'vitest';
import { CommandError, KeyNotFoundError, SerializerError, WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';

const user = { name: 'Ada', tags: new Set(['a']) };

contract((t) => {
  const fill = async (...numbers: number[]) => {
    for (const n of numbers) await t.cache.xadd(t.key(), { n }, { id: `${n}-0` });
  };
  const entry = (n: number) => ({ id: `${n}-0`, fields: { n } });
  const group = async (...numbers: number[]) => {
    await fill(...numbers);
    await t.cache.xgroupCreate(t.key(), 'g', '0', { mkstream: true });
    await t.cache.xreadgroup('g', 'ada', { [t.key()]: '>' });
  };

  describe('xadd', () => {
    it('returns the ID; fields are plain, values of any type', async () => {
      const id = await t.on.xadd(
        t.key(),
        new Map<string, unknown>([
          ['user', user],
          ['n', 1],
          ['none', null],
        ]),
      );
      expect(id).toMatch(/^\d{13}-\d+$/);
      expect(await t.on.xrange(t.key())).toEqual([{ id, fields: { user, n: 1, none: null } }]);
    });

    it('accepts IDs, and refuses those that are not above the last', async () => {
      expect(await t.on.xadd(t.key(), { n: 1 }, { id: '5' })).toBe('5-0');
      expect(await t.on.xadd(t.key(), { n: 1 }, { id: '5-*' })).toBe('5-1');
      await expect(t.on.xadd(t.key(), { n: 1 }, { id: '5-1' })).rejects.toThrow(CommandError);
    });

    it('adds nothing to a missing stream with nomkstream', async () => {
      expect(await t.on.xadd(t.key(), { n: 1 }, { nomkstream: true })).toBeUndefined();
      expect(await t.on.xlen(t.key())).toBe(0);
    });

    it('trims, exactly unless approximate', async () => {
      await fill(1, 2, 3);
      await t.on.xadd(t.key(), { n: 4 }, { id: '4-0', maxlen: 2 });
      expect(await t.on.xlen(t.key())).toBe(2);
      await t.on.xadd(t.key(), { n: 5 }, { id: '5-0', minid: '5' });
      expect(await t.on.xrange(t.key())).toEqual([entry(5)]);
      await t.on.xadd(t.key(), { n: 6 }, { id: '6-0', maxlen: 1, approximate: true, limit: 10 });
      expect(await t.on.xlen(t.key())).toBe(2);
    });

    it.each([
      [{}, {}],
      [{ n: 1 }, { id: 'x' }],
      [{ n: 1 }, { id: '1-2-3' }],
      [{ n: 1 }, { maxlen: -1 }],
      [{ n: 1 }, { maxlen: 1, minid: '1' }],
      [{ n: 1 }, { maxlen: 1, limit: 1 }],
      [7, {}],
    ])('refuses %j with %j', async (fields, options) => {
      await expect(t.on.xadd(t.key(), fields as {}, options)).rejects.toThrow(TypeError);
    });

    it('refuses unstorable values, and a key that is not a stream', async () => {
      await expect(t.on.xadd(t.key(), { n: undefined })).rejects.toThrow(SerializerError);
      await t.cache.set(t.key(), 1);
      await expect(t.on.xadd(t.key(), { n: 1 })).rejects.toThrow(WrongTypeError);
    });
  });

  it('xrange and xrevrange return entries of a range, in a version', async () => {
    await fill(1, 2, 3);
    expect(await t.on.xrange(t.key(), '2', '3')).toEqual([entry(2), entry(3)]);
    expect(await t.on.xrange(t.key(), '(2-0', '+')).toEqual([entry(3)]);
    expect(await t.on.xrevrange(t.key())).toEqual([entry(3), entry(2), entry(1)]);
    expect(await t.on.xrevrange(t.key(), '2', '-', { count: 1 })).toEqual([entry(2)]);
    expect(await t.on.xrange(t.key(), '-', '+', { version: 2 })).toEqual([]);
    await expect(t.on.xrange(t.key(), '$')).rejects.toThrow(TypeError);
    await expect(t.on.xrange(t.key(), '-', '+', { count: 0 })).rejects.toThrow(TypeError);
  });

  it('xread returns the entries after an ID, by the keys as written', async () => {
    await fill(1, 2);
    await t.cache.xadd(t.key('other'), { user }, { id: '9-0' });
    const found = await t.on.xread({ [t.key()]: '1', [t.key('other')]: '0', [t.key('none')]: '0' });
    expect(found).toEqual(
      new Map<string, unknown>([
        [t.key(), [entry(2)]],
        [t.key('other'), [{ id: '9-0', fields: { user } }]],
      ]),
    );
    expect(await t.on.xread(new Map([[t.key(), '0']]), { count: 1 })).toEqual(new Map([[t.key(), [entry(1)]]]));
    expect(await t.on.xread({ [t.key()]: '$' })).toEqual(new Map());
    expect(await t.on.xread({})).toEqual(new Map());
    await expect(t.on.xread({ [t.key()]: '>' })).rejects.toThrow(TypeError);
  });

  it('xtrim and xdel remove entries', async () => {
    await fill(1, 2, 3, 4);
    expect(await t.on.xtrim(t.key(), { maxlen: 3 })).toBe(1);
    expect(await t.on.xtrim(t.key(), { minid: '3' })).toBe(1);
    expect(await t.on.xdel(t.key(), '3-0', '7-0')).toBe(1);
    expect(await t.on.xdel(t.key())).toBe(0);
    expect(await t.on.xrange(t.key())).toEqual([entry(4)]);
    await expect(t.on.xtrim(t.key(), {})).rejects.toThrow(TypeError);
    await expect(t.on.xdel(t.key(), '*')).rejects.toThrow(TypeError);
  });

  it('xinfo describes streams, groups and consumers', async () => {
    await group(1, 2);
    const stream = { length: 2, groups: 1, lastGeneratedId: '2-0', firstEntry: entry(1), lastEntry: entry(2) };
    expect(await t.on.xinfoStream(t.key())).toMatchObject(stream);
    const [its] = await t.on.xinfoGroups(t.key());
    expect(its).toMatchObject({ name: 'g', consumers: 1, pending: 2, lastDeliveredId: '2-0', lag: 0 });
    const [ada] = await t.on.xinfoConsumers(t.key(), 'g');
    expect(ada).toMatchObject({ name: 'ada', pending: 2, idle: expect.any(Number) });
    await expect(t.on.xinfoStream(t.key('none'))).rejects.toThrow(KeyNotFoundError);
  });

  it('xinfoStream describes everything with full', async () => {
    await group(1, 2);
    const before = Date.now();
    await t.cache.xreadgroup('g', 'grace', { [t.key()]: '0' });
    const info = await t.on.xinfoStream<{ n: number }>(t.key(), { full: true });
    expect(info).toMatchObject({ length: 2, lastGeneratedId: '2-0', entriesAdded: 2, entries: [entry(1), entry(2)] });
    const [its] = info.groups;
    expect(its).toMatchObject({ name: 'g', lastDeliveredId: '2-0', entriesRead: 2, lag: 0, pending: 2 });
    const delivered = { deliveredAt: expect.any(Number), deliveries: 1 };
    expect(its!.pendingEntries).toEqual([
      { id: '1-0', consumer: 'ada', ...delivered },
      { id: '2-0', consumer: 'ada', ...delivered },
    ]);
    expect(its!.pendingEntries[0]!.deliveredAt).toBeLessThanOrEqual(before);
    expect(its!.pendingEntries[0]!.deliveredAt).toBeGreaterThan(before - 60_000);
    const [ada, grace] = its!.consumers;
    expect(ada).toMatchObject({ name: 'ada', seenTime: expect.any(Number), pending: 2 });
    expect(ada!.pendingEntries).toEqual([
      { id: '1-0', ...delivered },
      { id: '2-0', ...delivered },
    ]);
    expect(grace).toMatchObject({ name: 'grace', pending: 0, pendingEntries: [] });
    const { entries, groups } = await t.on.xinfoStream(t.key(), { full: true, count: 1 });
    expect([entries.length, groups[0]!.pendingEntries.length]).toEqual([1, 1]);
    await expect(t.on.xinfoStream(t.key('none'), { full: true })).rejects.toThrow(KeyNotFoundError);
    await expect(t.on.xinfoStream(t.key(), { count: 1 })).rejects.toThrow(TypeError);
    await expect(t.on.xinfoStream(t.key(), { full: true, count: -1 })).rejects.toThrow(TypeError);
  });

  it('xsetid gives the next entry a higher ID', async () => {
    await fill(1);
    expect(await t.on.xsetid(t.key(), '7')).toBe(true);
    await expect(t.on.xadd(t.key(), { n: 1 }, { id: '7-0' })).rejects.toThrow(CommandError);
    expect(await t.on.xsetid(t.key(), '9-3', { entriesAdded: 40, maxDeletedId: '8-0' })).toBe(true);
    const info = { lastGeneratedId: '9-3', entriesAdded: 40, maxDeletedEntryId: '8-0', length: 1 };
    expect(await t.on.xinfoStream(t.key())).toMatchObject(info);
    await expect(t.on.xsetid(t.key(), '0-1')).rejects.toThrow(CommandError);
    await expect(t.on.xsetid(t.key('none'), '1-0')).rejects.toThrow(KeyNotFoundError);
    for (const id of ['', '$', '*', 7, undefined] as string[]) {
      await expect(t.on.xsetid(t.key(), id)).rejects.toThrow(TypeError);
    }
    await expect(t.on.xsetid(t.key(), '9-4', { entriesAdded: -1 })).rejects.toThrow(TypeError);
    await expect(t.on.xsetid(t.key(), '9-4', { maxDeletedId: '>' })).rejects.toThrow(TypeError);
  });

  it('groups are created, moved and destroyed', async () => {
    await expect(t.on.xgroupCreate(t.key(), 'g')).rejects.toThrow(CommandError);
    expect(await t.on.xgroupCreate(t.key(), 'g', '$', { mkstream: true })).toBe(true);
    await expect(t.on.xgroupCreate(t.key(), 'g')).rejects.toThrow(/BUSYGROUP/);
    await fill(1);
    expect(await t.on.xgroupSetid(t.key(), 'g', '$', { entriesRead: 1 })).toBe(true);
    expect(await t.on.xreadgroup('g', 'ada', { [t.key()]: '>' })).toEqual(new Map());
    expect(await t.on.xgroupSetid(t.key(), 'g', '0')).toBe(true);
    expect(await t.on.xreadgroup('g', 'ada', { [t.key()]: '>' })).toEqual(new Map([[t.key(), [entry(1)]]]));
    expect(await t.on.xgroupDelconsumer(t.key(), 'g', 'ada', { unlessPending: true })).toBe(1);
    expect(await t.cache.xinfoConsumers(t.key(), 'g')).toHaveLength(1);
    expect(await t.on.xgroupDelconsumer(t.key(), 'g', 'ada')).toBe(1);
    expect(await t.cache.xinfoConsumers(t.key(), 'g')).toHaveLength(0);
    await t.cache.xautoclaim(t.key(), 'g', 'grace', 0);
    expect(await t.on.xgroupDelconsumer(t.key(), 'g', 'grace', { unlessPending: true })).toBe(0);
    expect(await t.cache.xinfoConsumers(t.key(), 'g')).toHaveLength(0);
    expect(await t.on.xgroupDestroy(t.key(), 'g')).toBe(true);
    expect(await t.on.xgroupDestroy(t.key(), 'g')).toBe(false);
    await expect(t.on.xgroupCreate(t.key(), '')).rejects.toThrow(TypeError);
    await expect(t.on.xgroupCreate(t.key(), 'g', '>')).rejects.toThrow(TypeError);
  });

  it('xreadgroup delivers an entry to one consumer, and again until it is acknowledged', async () => {
    await fill(1, 2, 3);
    await t.cache.xgroupCreate(t.key(), 'g', '0');
    const read = (consumer: string, id: string, options = {}) =>
      t.on.xreadgroup('g', consumer, { [t.key()]: id }, options).then((found) => found.get(t.key()));
    expect(await read('ada', '>', { count: 1 })).toEqual([entry(1)]);
    expect(await read('grace', '>', { count: 1 })).toEqual([entry(2)]);
    expect(await read('grace', '>', { noack: true })).toEqual([entry(3)]);
    expect(await read('grace', '>')).toBeUndefined();
    expect(await t.on.xack(t.key(), 'g', '1-0', '3-0')).toBe(1);
    await t.cache.xdel(t.key(), '2-0');
    expect(await read('ada', '0')).toEqual([]);
    expect(await read('grace', '0')).toEqual([{ id: '2-0', fields: {} }]);
    expect(await t.on.xack(t.key(), 'g')).toBe(0);
    await expect(t.on.xreadgroup('none', 'ada', { [t.key()]: '>' })).rejects.toThrow(/NOGROUP/);
    await expect(read('', '>')).rejects.toThrow(TypeError);
    await expect(read('ada', '$')).rejects.toThrow(TypeError);
  });

  it('xpending counts pending entries, and lists them', async () => {
    await group(1, 2);
    const consumers = new Map([['ada', 2]]);
    expect(await t.on.xpending(t.key(), 'g')).toEqual({ pending: 2, min: '1-0', max: '2-0', consumers });
    const pending = { consumer: 'ada', idle: expect.any(Number), deliveries: 1 };
    const [one, two] = [
      { ...pending, id: '1-0' },
      { ...pending, id: '2-0' },
    ];
    expect(await t.on.xpending(t.key(), 'g', { count: 9 })).toEqual([one, two]);
    expect(await t.on.xpending(t.key(), 'g', { count: 9, start: '2', consumer: 'ada', idle: 0 })).toEqual([two]);
    expect(await t.on.xpending(t.key(), 'g', { count: 9, idle: '1h' })).toEqual([]);
    await t.cache.xack(t.key(), 'g', '1-0', '2-0');
    const nothing = { pending: 0, min: undefined, max: undefined, consumers: new Map() };
    expect(await t.on.xpending(t.key(), 'g')).toEqual(nothing);
    await expect(t.on.xpending(t.key(), 'g', { idle: 1 } as never)).rejects.toThrow(TypeError);
    await expect(t.on.xpending(t.key(), 'none')).rejects.toThrow(/NOGROUP/);
  });

  it('xclaim takes entries over', async () => {
    await group(1, 2);
    expect(await t.on.xclaim(t.key(), 'g', 'grace', '1h', ['1-0', '2-0'])).toEqual([]);
    const options = { idle: '5m', retrycount: 7 };
    expect(await t.on.xclaim(t.key(), 'g', 'grace', 0, ['1-0', '9-0'], options)).toEqual([entry(1)]);
    expect(await t.on.xclaim(t.key(), 'g', 'grace', 0, ['2-0'], { justid: true })).toEqual(['2-0']);
    const [first, second] = await t.on.xpending(t.key(), 'g', { count: 2 });
    expect(first).toMatchObject({ consumer: 'grace', deliveries: 7 });
    expect(first!.idle).toBeGreaterThanOrEqual(300_000);
    expect(second).toMatchObject({ consumer: 'grace', deliveries: 1 });
    expect(await t.on.xclaim(t.key(), 'g', 'grace', 0, [])).toEqual([]);
    await expect(t.on.xclaim(t.key(), 'g', 'grace', null, ['1-0'])).rejects.toThrow(TypeError);
    await expect(t.on.xclaim(t.key(), 'g', 'grace', 0, ['1-0'], { idle: 1, time: 1 })).rejects.toThrow(TypeError);
  });

  it('xautoclaim takes over entries that have been pending for long', async () => {
    await group(1, 2, 3);
    await t.cache.xdel(t.key(), '2-0');
    const claim = (start?: string, count?: number) => t.on.xautoclaim(t.key(), 'g', 'grace', 0, start, { count });
    expect(await claim(undefined, 1)).toMatchObject({ entries: [entry(1)], deleted: [] });
    expect(await claim('2')).toEqual({ cursor: '0-0', entries: [entry(3)], deleted: ['2-0'] });
    const ids = { cursor: '0-0', ids: ['1-0', '3-0'], deleted: [] };
    expect(await t.on.xautoclaim(t.key(), 'g', 'grace', 0, '-', { justid: true })).toEqual(ids);
    expect(await t.on.xautoclaim(t.key(), 'g', 'ada', '1h')).toEqual({ cursor: '0-0', entries: [], deleted: [] });
  });
});
