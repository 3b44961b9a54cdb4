import { describe, expect, it } from 'vitest';
import { WrongTypeError } from '../../lib/index.js';
import { keepFor, keptMs } from '../raw.js';
import { contract, onEveryTopology } from './contract.js';

const area = { from: { longitude: 13, latitude: 52 }, radius: 1, unit: 'km' } as const;

/** Keys, versions, tags and encodings have the same meaning for every command as for `get` and `set`. */
onEveryTopology(
  (t) => {
    describe('a keyFunction', () => {
      it('names the keys of every command, and of its errors', async () => {
        await t.cache.pfadd(t.key('a'), 1);
        await t.cache.pfmerge(t.key('b'), [t.key('a')], { versionDst: 2 });
        expect(await t.cache.pfcount([t.key('b')], { version: 2 })).toBe(1);
        await t.cache.setbit(t.key('bits'), 3, 1);
        await t.cache.bitop('OR', t.key('both'), [t.key('bits')], { versionDst: 2 });
        expect(await t.cache.bitcount(t.key('both'), { version: 2 })).toBe(1);
        await t.cache.geoadd(t.key('geo'), { here: area.from });
        await t.cache.geosearchstore(t.key('near'), t.key('geo'), area, { versionDst: 2 });
        expect(await t.cache.zrange(t.key('near'), 0, -1, { version: 2 })).toEqual(['here']);
        expect(await t.cache.copy(t.key('geo'), t.key('geo'), { versionDst: 2 })).toBe(true);
        expect(await t.cache.lmpop([t.key('list')], 'LEFT')).toBeUndefined();
        await t.cache.rpush(t.key('list'), 1);
        expect(await t.cache.lmpop([t.key('none'), t.key('list')], 'LEFT')).toEqual([t.key('list'), [1]]);
        expect(await t.cache.zmpop([t.key('geo')], 'MIN')).toEqual([t.key('geo'), [['here', expect.any(Number)]]]);
        expect((await t.cache.keys('*both', { version: 2 })).toSorted()).toEqual([t.key('both')]);
        expect(t.cache.makeKey(t.key('geo'))).toContain(`/1/${t.key('geo')}`);
        await t.cache.clear({ version: 2 });
      });
    });
  },
  {
    keyFunction: {
      make: (key, prefix, version) => `${prefix}/${version}/${key}`,
      reverse: (wire) => {
        const [, version = '', ...key] = wire.split('/');
        return { key: key.join('/'), version: Number(version) };
      },
    },
  },
);

onEveryTopology(
  (t) => {
    describe('with compression', () => {
      const long = { text: 'the same again '.repeat(200), n: 1 };
      const reordered = { n: 1, text: long.text };

      it('setIfEqual and deleteIfEqual compare the values, not their bytes', async () => {
        await t.cache.set(t.key(), long, { tags: [t.key('tag')] });
        expect(await t.cache.setIfEqual(t.key(), { ...long, n: 2 }, { ...reordered, n: 3 })).toBe(false);
        expect(await t.cache.setIfEqual(t.key(), { ...long, n: 2 }, reordered)).toBe(true);
        expect(await t.cache.deleteIfEqual(t.key(), { ...reordered, n: 2 })).toBe(true);
      });

      it('members of HyperLogLogs and places are equal if their values are', async () => {
        expect(await t.cache.pfadd(t.key('hll'), long)).toBe(true);
        expect(await t.cache.pfadd(t.key('hll'), reordered)).toBe(false);
        await t.cache.geoadd(t.key('geo'), new Map([[long, area.from]]));
        expect(await t.cache.geosearch(t.key('geo'), { ...area, from: { member: reordered } })).toEqual([long]);
      });

      it('an entry can be moved, copied, and given another time to live', async () => {
        const tags = [t.key('tag')];
        await t.cache.set(t.key('a'), long, { tags, timeout: 50, stampede: { buffer: 100 } });
        expect(await t.cache.restore(t.key('b'), (await t.cache.dump(t.key('a')))!, { timeout: 40 })).toBe(true);
        expect(await t.cache.copy(t.key('a'), t.key('c'))).toBe(true);
        expect(await t.cache.getex(t.key('c'), 30)).toEqual(long);
        expect(await t.cache.getMany([t.key('a'), t.key('b'), t.key('c')])).toHaveProperty('size', 3);
        expect(await keptMs(t.cache, t.key('c'))).toBeGreaterThan(120_000);
        await t.cache.invalidateTags(tags);
        expect(await t.cache.getMany([t.key('a'), t.key('b'), t.key('c')])).toHaveProperty('size', 0);
      });
    });
  },
  { compressor: 'zlib' },
);

contract((t) => {
  describe('an entry whose time is over, and which is only kept', () => {
    it.each<[string, (key: string, other: string) => Promise<unknown>, unknown]>([
      ['getex', (key) => t.on.getex(key, 60), undefined],
      ['getdel', (key) => t.on.getdel(key), undefined],
      ['setIfEqual', (key) => t.on.setIfEqual(key, 'b', 'a'), false],
      ['deleteIfEqual', (key) => t.on.deleteIfEqual(key, 'a'), false],
      ['exists', (key) => t.on.exists(key), 0],
      ['copy', (key, other) => t.on.copy(key, other), false],
      ['dump', (key) => t.on.dump(key), undefined],
      ['strlen', (key) => t.on.strlen(key), 0],
      ['append', (key) => t.on.append(key, 'text'), 4],
    ])('is not there for %s', async (_, call, answer) => {
      await t.cache.set(t.key(), 'a', { timeout: 10, stampede: { buffer: 20 } });
      await keepFor(t.cache, t.key(), 15_000);
      expect(await call(t.key(), t.key('other'))).toEqual(answer);
    });
  });

  it('an entry with tags is not one of the structures without tags', async () => {
    await t.cache.set(t.key(), 1, { tags: [t.key('tag')] });
    for (const call of [
      () => t.on.pfadd(t.key(), 1),
      () => t.on.geoadd(t.key(), { a: area.from }),
      () => t.on.sadd(t.key(), 1),
      () => t.on.hset(t.key(), 'f', 1),
      () => t.on.append(t.key(), 'text'),
    ]) {
      await expect(call()).rejects.toThrow(WrongTypeError);
    }
    expect(await t.cache.get(t.key())).toBe(1);
  });
});
