import { describe, expect, it } from 'vitest';
import { CommandError, CrossSlotError } from '../../lib/index.js';
import { keepFor, keptMs } from '../raw.js';
import { contract, onEveryTopology } from './contract.js';
import { leftOf } from '../left-of.js';

contract((t) => {
  describe('exists', () => {
    it('counts keys, wherever they are', async () => {
      const away = `${t.key()}{other}`.replace(/^\{[^}]+\}/, '');
      await t.cache.set(t.key('a'), 1);
      await t.cache.sadd(t.key('set'), 1);
      expect(await t.on.exists(t.key('a'), t.key('set'), t.key('a'), t.key('none'))).toBe(3);
      expect(await t.on.exists()).toBe(0);
      expect(await t.cache.exists(t.key('a'), away)).toBe(1);
      await t.cache.set(t.key('tagged'), 1, { tags: [t.key('tag')] });
      expect(await t.on.exists(t.key('tagged'), t.key('a'))).toBe(2);
      await t.cache.invalidateTags([t.key('tag')]);
      expect(await t.on.exists(t.key('tagged'), t.key('a'))).toBe(1);
    });
  });

  describe('copy', () => {
    it('copies a key of any type with its time to live', async () => {
      await t.on.set(t.key('a'), { n: 1 }, 50);
      expect(await t.on.copy(t.key('a'), t.key('b'))).toBe(true);
      expect(await t.on.get(t.key('b'))).toEqual({ n: 1 });
      expect(await t.on.ttl(t.key('b'))).toEqual(leftOf(50));
      await t.on.set(t.key('a'), 2);
      expect(await t.on.copy(t.key('a'), t.key('b'))).toBe(false);
      expect(await t.on.copy(t.key('a'), t.key('b'), { replace: true })).toBe(true);
      expect(await t.on.get(t.key('b'))).toBe(2);
      expect(await t.on.copy(t.key('none'), t.key('c'))).toBe(false);
      await t.cache.rpush(t.key('list'), 1, 2);
      expect(await t.on.copy(t.key('list'), t.key('list'), { versionDst: 2 })).toBe(true);
      expect(await t.cache.withVersion(2).lrange(t.key('list'), 0, -1)).toEqual([1, 2]);
    });

    it('copies the tags of an entry: an invalidation affects both', async () => {
      const tags = [t.key('tag')];
      await t.on.set(t.key('a'), 1, { tags, timeout: 50, stampede: { buffer: 100 } });
      expect(await t.on.copy(t.key('a'), t.key('b'))).toBe(true);
      expect(await t.on.get(t.key('b'))).toBe(1);
      expect(await t.on.ttl(t.key('b'))).toEqual(leftOf(50));
      await t.cache.invalidateTags(tags);
      expect(await t.on.get(t.key('b'))).toBeUndefined();
      expect(await t.on.copy(t.key('a'), t.key('c'))).toBe(false);
      expect(await t.on.hasKey(t.key('c'))).toBe(false);
    });
  });

  describe('dump and restore', () => {
    it('move a key', async () => {
      await t.cache.hset(t.key('a'), { f: 1 });
      const data = await t.on.dump(t.key('a'));
      expect(data).toBeInstanceOf(Buffer);
      expect(await t.on.restore(t.key('b'), data!)).toBe(true);
      expect(await t.on.hgetall(t.key('b'))).toEqual(new Map([['f', 1]]));
      expect(await t.on.ttl(t.key('b'))).toBe(-1);
      expect(await t.on.restore(t.key('b'), data!)).toBe(false);
      expect(await t.on.restore(t.key('b'), data!, { replace: true, timeout: '1m' })).toBe(true);
      expect(await t.on.ttl(t.key('b'))).toEqual(leftOf(60));
      expect(await t.on.dump(t.key('none'))).toBeUndefined();
      await expect(t.on.restore(t.key('c'), 'text' as never)).rejects.toThrow(TypeError);
      await expect(t.on.restore(t.key('c'), Buffer.from('no dump'))).rejects.toThrow(CommandError);
    });

    it('do not revive an entry that was invalidated since', async () => {
      const tags = [t.key('tag')];
      await t.on.set(t.key('a'), 'text', { tags, timeout: 50, stampede: { buffer: 100 } });
      const data = await t.on.dump(t.key('a'));
      expect(await t.on.restore(t.key('b'), data!, { timeout: 20 })).toBe(true);
      expect(await t.on.get(t.key('b'))).toBe('text');
      expect(await t.on.ttl(t.key('b'))).toEqual(leftOf(20));
      expect(await keptMs(t.cache, t.key('b'))).toBeGreaterThan(100_000);
      await t.cache.invalidateTags(tags);
      expect(await t.on.restore(t.key('c'), data!, { timeout: 20 })).toBe(true);
      expect(await t.on.get(t.key('c'))).toBeUndefined();
      expect(await t.on.dump(t.key('a'))).toBeUndefined();
    });
  });

  describe('memoryUsage', () => {
    it('returns the approximate size of a key', async () => {
      await t.cache.set(t.key(), 'x'.repeat(5000));
      expect(await t.on.memoryUsage(t.key())).toBeGreaterThan(5000);
      expect(await t.on.memoryUsage(t.key(), { samples: 0 })).toBeGreaterThan(5000);
      expect(await t.on.memoryUsage(t.key('none'))).toBeUndefined();
      await expect(t.on.memoryUsage(t.key(), { samples: -1 })).rejects.toThrow(TypeError);
    });
  });
});

onEveryTopology((t) => {
  describe('copy with replace', () => {
    const invalidated = async (): Promise<void> => {
      await t.cache.set(t.key('a'), 'old', { tags: [t.key('tag')] });
      await t.cache.invalidateTags([t.key('tag')]);
    };
    const stale = async (): Promise<void> => {
      await t.cache.getOrSet(t.key('a'), () => 'old', { timeout: '1m', grace: '1h' });
      await keepFor(t.cache, t.key('a'), 3_600_000);
    };

    it.each([
      ['was invalidated', invalidated],
      ['is kept beyond its end', stale],
    ])('overwrites nothing by what %s', async (_, make) => {
      await make();
      await t.cache.set(t.key('b'), 'kept');
      expect(await t.cache.copy(t.key('a'), t.key('b'), { replace: true })).toBe(false);
      expect(await t.cache.get(t.key('b'))).toBe('kept');
    });

    it('refuses keys before it looks for the first', async () => {
      await expect(t.cache.copy(t.key('none'), '', { replace: true })).rejects.toThrow(TypeError);
      await t.cache.set(t.key('a'), 'text');
      const copied = t.cache.copy(t.key('a'), 'elsewhere', { replace: true });
      const outcome = await copied.catch((error: unknown) => error);
      expect(outcome instanceof CrossSlotError ? 'refused' : outcome).toBe(t.isSlotted ? 'refused' : true);
    });

    it('overwrites nothing by what is being loaded', async () => {
      await t.cache.set(t.key('b'), 'kept');
      const load = (): Promise<boolean> => t.cache.copy(t.key('a'), t.key('b'), { replace: true });
      expect(await t.cache.getOrSet(t.key('a'), load)).toBe(false);
      expect(await t.cache.get(t.key('b'))).toBe('kept');
    });
  });

  describe('randomkey, objectInfo and largestKeys', () => {
    it('see only the keys of this cache', async () => {
      const view = t.cache.withVersion('inspected');
      await t.cache.set('other', 'y'.repeat(9000));
      expect(await view.randomkey()).toBeUndefined();
      expect(await view.largestKeys()).toEqual([]);
      await view.setMany({ small: 'x', middle: 'x'.repeat(1000), large: 'x'.repeat(5000) });
      expect(['small', 'middle', 'large']).toContain(await view.randomkey());
      const largest = await view.largestKeys({ count: 2 });
      expect(largest.map(({ key }) => key)).toEqual(['large', 'middle']);
      expect(largest[0]!.bytes).toBeGreaterThan(5000);
      expect(await view.largestKeys({ pattern: 's*' })).toEqual([{ key: 'small', bytes: expect.any(Number) }]);
      expect(await view.largestKeys({ sample: 1 })).toHaveLength(1);
      await expect(view.largestKeys({ count: 0 })).rejects.toThrow(TypeError);
      await view.clear();
    });

    it('report what the server reports', async () => {
      expect(await t.cache.objectInfo(t.key())).toBeUndefined();
      await t.cache.hset(t.key(), 'f', 1);
      const info = await t.cache.objectInfo(t.key());
      expect(info).toBeDefined();
      expect(info!.freq).toBeUndefined();
      // The embedded engine has no OBJECT.
      expect([undefined, 'listpack']).toContain(info!.encoding);
      expect([undefined, 0, 1]).toContain(info!.idle);
    });
  });
});
