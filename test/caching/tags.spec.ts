import { describe, expect, it, vi } from 'vitest';
import { ttlOf } from '../../lib/entries/found.js';
import { WireKey } from '../../lib/command-model/command.js';
import { sealEnvelope, type Stamp } from '../../lib/codec/envelope.js';
import { CodecError, WrongTypeError } from '../../lib/index.js';
import { contract, onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';
import { leftOf } from '../left-of.js';

expectNoUnhandledRejections();

const day = 86_400_000;

contract((t) => {
  describe('an entry with tags', () => {
    it('is like any other until one of its tags is invalidated; then it is missing to all', async () => {
      const [tag, other] = [t.key('tag'), t.key('other')];
      expect(await t.on.set(t.key(), { n: 1 }, { timeout: 60, tags: [tag, other, tag] })).toBe(true);
      expect(await t.on.get(t.key())).toEqual({ n: 1 });
      expect(await t.on.hasKey(t.key())).toBe(true);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(60));
      expect(await t.on.touch(t.key(), 90)).toBe(true);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(90));

      expect(await t.cache.invalidateTags([other, t.key('unknown')])).toBe(1);
      expect(await t.on.get(t.key(), { default: 'none' })).toBe('none');
      expect(await t.on.hasKey(t.key())).toBe(false);
      expect(await t.on.ttl(t.key())).toBe(-2);
      expect(await t.on.pttl(t.key())).toBe(-2);
      expect(await t.on.touch(t.key(), 90)).toBe(false);
      expect(await t.on.set(t.key(), 2, { get: true, tags: [tag] })).toBeUndefined();
      expect(await t.on.set(t.key(), 3, { get: true })).toBe(2);
    });

    it('prevents add until one of its tags is invalidated', async () => {
      const tag = t.key('tag');
      await t.on.add(t.key(), 'old', { timeout: 60, tags: [tag] });
      expect(await t.on.add(t.key(), 'other')).toBe(false);
      await t.cache.invalidateTags([tag]);
      expect(await t.on.add(t.key(), 'new', { timeout: 90, tags: [tag] })).toBe(true);
      expect(await t.on.set(t.key(), 'newer', { nx: true })).toBe(false);
      expect(await t.on.get(t.key())).toBe('new');
      expect(await t.on.ttl(t.key())).toEqual(leftOf(90));
      await t.cache.invalidateTags([tag]);
      expect(await t.on.set(t.key(), 'newest', { nx: true, get: true })).toBeUndefined();
      expect(await t.on.set(t.key(), 'last', { nx: true, get: true })).toBe('newest');
      expect(await t.on.get(t.key())).toBe('newest');
    });

    it('is not a number to count with', async () => {
      await t.on.add(t.key(), 5, { tags: [t.key('tag')] });
      await expect(t.on.incr(t.key())).rejects.toThrow(WrongTypeError);
    });
  });

  it('a head longer than the first read is read in full', async () => {
    const tags = Array.from({ length: 30 }, (_, index) => t.key(`a tag ${index}\n"`));
    await t.on.set(t.key(), 'value', { timeout: 60, tags });
    expect(await t.on.get(t.key())).toBe('value');
    expect(await t.on.ttl(t.key())).toEqual(leftOf(60));
    await t.cache.invalidateTags(tags.slice(-1));
    expect(await t.on.hasKey(t.key())).toBe(false);
    expect(await t.on.add(t.key(), 'new', { tags })).toBe(true);
    expect(await t.on.add(t.key(), 'newer')).toBe(false);
  });
});

onEveryTopology((t) => {
  it('of many simultaneous adds over an invalidated entry, one succeeds', async () => {
    const tag = t.key('tag');
    await t.cache.set(t.key(), 'old', { timeout: 60, tags: [tag] });
    await t.cache.invalidateTags([tag]);
    const adding = Array.from({ length: 20 }, (_, index) => t.cache.add(t.key(), index, { tags: [tag] }));
    const added = await Promise.all(adding);
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await t.cache.get(t.key())).toBe(added.indexOf(true));
  });

  describe('invalidateTags', () => {
    it('reaches all entries with a tag, in all versions, and no others', async () => {
      const tag = t.key('tag');
      const tagged = new Map(Array.from({ length: 100 }, (_, index) => [`${t.key()}:${index}`, index]));
      await t.cache.setMany(tagged, { tags: [tag] });
      await t.cache.set(t.key('plain'), 1);
      await t.cache.set(t.key('two'), 2, { version: 2, tags: [tag] });
      expect((await t.cache.getMany([...tagged.keys(), t.key('plain')])).size).toBe(101);
      await t.cache.invalidateTags([tag]);
      expect(await t.cache.getMany([...tagged.keys(), t.key('plain')])).toEqual(new Map([[t.key('plain'), 1]]));
      expect(await t.cache.get(t.key('two'), { version: 2 })).toBeUndefined();
      await t.cache.set(t.key('two'), 3, { tags: [tag] });
      expect(await t.cache.get(t.key('two'))).toBe(3);
    });

    it('refuses invalid tags, and asks for nothing if there are none', async () => {
      await expect(t.cache.invalidateTags([''])).rejects.toThrow(TypeError);
      await expect(t.cache.invalidateTags('users' as never)).rejects.toThrow('tags must be an array');
      await expect(t.cache.set(t.key(), 1, { tags: [1 as never] })).rejects.toThrow(TypeError);
      expect(await t.cache.invalidateTags([])).toBe(0);
    });

    it('accepts more tags than an entry does', async () => {
      const tags = Array.from({ length: 2500 }, (_, index) => t.key(`tag:${index}`));
      await t.cache.set(t.key('first'), 1, { tags: tags.slice(0, 1000) });
      await t.cache.set(t.key('last'), 1, { tags: tags.slice(-1000) });
      expect(await t.cache.getMany([t.key('first'), t.key('last')])).toHaveProperty('size', 2);
      expect(await t.cache.invalidateTags(tags)).toBe(2000);
      expect(await t.cache.getMany([t.key('first'), t.key('last')])).toHaveProperty('size', 0);
    });

    it('keeps its keys out of keys() and clear()', async () => {
      await t.cache.set(t.key(), 1, { tags: [t.key('tag')] });
      expect(await t.cache.keys('*tag*')).toEqual([]);
      await t.cache.deletePattern('*');
      expect(await t.cache.invalidateTags([t.key('tag')])).toBe(1);
    });

    it('needs no more commands for more entries, and never SCAN', async () => {
      const send = vi.spyOn(t.cache['executor'].pool, 'send');
      const sendAll = vi.spyOn(t.cache['executor'].pool, 'sendAll');
      await t.cache.setMany(
        Array.from({ length: 50 }, (_, i) => [`${t.key()}:${i}`, i] as const),
        {
          tags: [t.key('tag')],
        },
      );
      send.mockClear();
      sendAll.mockClear();
      await t.cache.invalidateTags([t.key('tag')]);
      const sent = [...send.mock.calls.flat(), ...sendAll.mock.calls.flat(2)].map(({ name }) => name);
      expect(sent.toSorted()).toEqual(['HSET', 'PEXPIRE', 'UNLINK']);
      send.mockRestore();
      sendAll.mockRestore();
    });
  });

  describe('more tags than readers may check', () => {
    const tags = Array.from({ length: 1001 }, (_, index) => `tag:${index}`);

    it.each([
      ['many', tags, 'at most 1000 tags, not 1001'],
      ['long', ['a'.repeat(65_000), 'b'.repeat(537)], 'at most 65536 letters together, not 65537'],
    ])('are refused before anything is sent: %s', async (_, given, words) => {
      const factory = vi.fn<() => number>(() => 1);
      const send = vi.spyOn(t.cache['executor'].pool, 'send');
      for (const call of [
        t.cache.set(t.key(), 1, { tags: given }),
        t.cache.add(t.key(), 1, { tags: given }),
        t.cache.setMany({ [t.key()]: 1 }, { tags: given }),
        t.cache.getOrSet(t.key(), factory, { tags: given }),
      ]) {
        await expect(call).rejects.toThrow(TypeError);
        await expect(call).rejects.toThrow(words);
      }
      expect(() => t.cache.pipeline().set(t.key(), 1, { tags: given })).toThrow(words);
      expect(factory).not.toHaveBeenCalled();
      expect(send).not.toHaveBeenCalled();
      send.mockRestore();
      const setting = t.cache.getOrSet(t.key(), ({ setTags }) => (setTags(given), 1));
      await expect(setting).rejects.toThrow(words);
    });

    it('of options and factory together leave the value unstored', async () => {
      const warn = vi.spyOn(t.cache['caching']['logger'], 'warn').mockReturnValue();
      const options = { tags: tags.slice(0, 600) };
      expect(await t.cache.getOrSet(t.key(), ({ setTags }) => (setTags(tags.slice(600)), 1), options)).toBe(1);
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('at most 1000 tags, not 1001'));
      warn.mockRestore();
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });

    it('make an entry unreadable, immediately', async () => {
      const stamps = Array.from({ length: 300_000 }, (_, index): Stamp => [`tag:${index}`, 'x7Qm0aTz1f-K']);
      const { pool } = t.cache['executor'];
      const wire = t.cache.makeKey(t.key());
      const args = [wire, sealEnvelope({ tags: stamps }, '1')];
      await pool.send({ name: 'SET', args, access: 'write', slot: pool.slotOf?.(wire) });
      const sent = vi.spyOn(pool, 'sendAll');
      await expect(t.cache.get(t.key())).rejects.toThrow(CodecError);
      await expect(t.cache.getMany([t.key()])).rejects.toThrow(CodecError);
      expect(sent).not.toHaveBeenCalled();
      sent.mockRestore();
      expect(await t.cache.hasKey(t.key())).toBe(true);
      expect(await t.cache.delete(t.key())).toBe(true);
    });
  });

  describe('the key of a tag', () => {
    it('outlives the entries with the tag', async () => {
      const tag = t.key('tag');
      const wire = `${t.cache.toJSON().keyPrefix}:tag:${tag}`;
      const life = () => t.cache['executor'].execute(ttlOf(new WireKey(tag, 'tag', wire), 'write'));
      await t.cache.set(t.key(), 1, { timeout: 60, tags: [tag] });
      expect(await life()).toBeGreaterThan(60_000);
      await t.cache.set(t.key('longer'), 1, { timeout: '2d', tags: [tag] });
      expect(await life()).toBeGreaterThan(2 * 86_400_000);
      await t.cache.set(t.key('shorter'), 1, { timeout: 60, tags: [tag] });
      expect(await life()).toBeGreaterThan(2 * 86_400_000);
      await t.cache.touch(t.key(), '3d');
      expect(await life()).toBeGreaterThan(3 * 86_400_000);
      await t.cache.touch(t.key(), null);
      expect(await life()).toBe(-1);
    });

    it('does not stay forever for an entry without an end, but as long as that is read', async () => {
      const tag = t.key('tag');
      const wire = `${t.cache.toJSON().keyPrefix}:tag:${tag}`;
      const life = async () => Number(await raw(t.cache, 'PTTL', wire));
      const writers = [
        () => t.cache.set(t.key(), 1, { timeout: null, tags: [tag] }),
        () => t.cache.setMany({ [t.key()]: 1 }, { timeout: null, tags: [tag] }),
        () => t.cache.getOrSet(t.key(), 1, { timeout: null, tags: [tag] }),
        () => t.cache.getOrSet(t.key(), ({ setTags }) => (setTags([tag]), 1), { timeout: null }),
        () => t.cache.getOrSet(t.key(), ({ setTimeout }) => (setTimeout(null), 1), { tags: [tag] }),
      ];
      for (const write of writers) {
        await write();
        expect(await life()).toBeGreaterThan(90 * day);
        await raw(t.cache, 'PEXPIRE', wire, '5000');
        t.cache['executor'].tags['renewed'].clear();
        expect(await t.cache.get(t.key())).toBe(1);
        await expect.poll(life, { interval: 5 }).toBeGreaterThan(90 * day);
        await raw(t.cache, 'PEXPIRE', wire, '5000');
        expect(await t.cache.get(t.key())).toBe(1);
        expect(await life()).toBeLessThanOrEqual(5000);
        await t.cache.clear();
        expect(await life()).toBeGreaterThan(0);
        await t.cache.invalidateTags([tag]);
      }
    });

    it('is not kept longer for entries with an end', async () => {
      const tag = t.key('tag');
      await t.cache.set(t.key(), 1, { timeout: 60, tags: [tag] });
      const send = vi.spyOn(t.cache['executor'].pool, 'send');
      expect(await t.cache.get(t.key())).toBe(1);
      expect(send.mock.calls.map(([{ name }]) => name)).toEqual(['GET', 'MGET']);
      send.mockRestore();
    });
  });

  describe('getOrSet with tags', () => {
    it('recomputes an invalidated value', async () => {
      const factory = vi.fn<() => number>().mockReturnValueOnce(1).mockReturnValueOnce(2);
      const options = { tags: [t.key('tag')] };
      expect(await t.cache.getOrSet(t.key(), factory, options)).toBe(1);
      expect(await t.cache.getOrSet(t.key(), factory, options)).toBe(1);
      await t.cache.invalidateTags(options.tags);
      expect(await t.cache.getOrSet(t.key(), factory, options)).toBe(2);
      expect(await t.cache.get(t.key())).toBe(2);
    });

    it('does not store a value whose tag was invalidated while it was made', async () => {
      const tags = [t.key('tag')];
      const factory = async (): Promise<string> => {
        await t.cache.invalidateTags(tags);
        return 'old';
      };
      expect(await t.cache.getOrSet(t.key(), factory, { tags })).toBe('old');
      expect(await t.cache.get(t.key())).toBeUndefined();
    });

    it('accepts tags from the factory, and stores no value with one that was invalidated meanwhile', async () => {
      const tag = t.key('tag');
      expect(await t.cache.getOrSet(t.key(), ({ setTags }) => (setTags([tag]), 'value'))).toBe('value');
      expect(await t.cache.get(t.key())).toBe('value');
      await t.cache.invalidateTags([tag]);
      expect(await t.cache.get(t.key())).toBeUndefined();

      const overtaken = await t.cache.getOrSet(t.key(), async ({ setTags }) => {
        await t.cache.invalidateTags([tag]);
        setTags([tag]);
        return 'old';
      });
      expect(overtaken).toBe('old');
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });
  });

  it('never returns a value whose source had changed before invalidateTags resolved', async () => {
    const source = new Map(Array.from({ length: 4 }, (_, row) => [row, 0]));
    const tagOf = (row: number): string => t.key(`row:${row}`);
    let served = 0;
    const write = async (row: number): Promise<void> => {
      for (let change = 0; change < 25; change++) {
        source.set(row, source.get(row)! + 1);
        await t.cache.invalidateTags([tagOf(row)]);
        // From here on no caller may get an older value.
        floor.set(row, source.get(row)!);
      }
    };
    const floor = new Map<number, number>([...source.keys()].map((row) => [row, 0]));
    const load = async (row: number, turns: number): Promise<number> => {
      const value = source.get(row)!;
      for (let turn = 0; turn < turns; turn++) await t.cache.hasKey(t.key('turn'));
      return value;
    };
    const readers = Array.from({ length: 24 }, async (_, reader) => {
      for (let round = 0; round < 25; round++) {
        const row = (reader + round) % 4;
        const [key, least] = [`${t.key()}:${row}:${reader % 3}`, floor.get(row)!];
        const tagged = reader % 2 === 0;
        const value = tagged
          ? await t.cache.getOrSet(key, () => load(row, reader % 3), { tags: [tagOf(row)] })
          : await t.cache.getOrSet(key, async ({ setTags }) => {
              const loaded = await load(row, reader % 3);
              setTags([tagOf(row)]);
              return loaded;
            });
        expect(value).toBeGreaterThanOrEqual(least);
        const nowLeast = floor.get(row)!;
        expect(await t.cache.get(key, { default: Infinity })).toBeGreaterThanOrEqual(nowLeast);
        served++;
      }
    });
    await Promise.all([...readers, ...[...source.keys()].map(write)]);
    expect(served).toBe(24 * 25);
    for (const row of source.keys()) {
      for (const slot of [0, 1, 2]) {
        expect([undefined, 25]).toContain(await t.cache.get(`${t.key()}:${row}:${slot}`));
      }
    }
  });
});
