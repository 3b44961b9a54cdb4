import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CrossSlotError, type GeoArea, KeyNotFoundError, SerializerError, WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';

const palermo = { longitude: 13.361389, latitude: 38.115556 };
const catania = { longitude: 15.087269, latitude: 37.502669 };
const rome = { longitude: 12.496366, latitude: 41.902782 };

const crossSlot: unknown = expect.any(CrossSlotError);

contract((t) => {
  const addAll = async (): Promise<void> => {
    await t.cache.geoadd(
      t.key(),
      new Map<unknown, typeof rome>([
        ['palermo', palermo],
        [{ id: 2, name: 'catania' }, catania],
      ]),
    );
    await t.cache.geoadd(t.key(), { rome });
  };
  const inSicily: GeoArea = { from: { longitude: 15, latitude: 37 }, radius: 200, unit: 'km' };

  describe('geoadd and geopos', () => {
    it('keep members with their places', async () => {
      expect(await t.on.geoadd(t.key(), { palermo, catania })).toBe(2);
      expect(await t.on.geoadd(t.key(), { palermo: rome, rome })).toBe(1);
      expect(await t.on.geoadd(t.key(), { palermo, rome: palermo }, { ch: true })).toBe(2);
      const [first, missing, second] = await t.on.geopos(t.key(), 'palermo', 'none', 'catania');
      expect(first!.longitude).toBeCloseTo(palermo.longitude, 4);
      expect(first!.latitude).toBeCloseTo(palermo.latitude, 4);
      expect(missing).toBeUndefined();
      expect(second!.latitude).toBeCloseTo(catania.latitude, 4);
      expect(await t.on.geopos(t.key('none'), 'a')).toEqual([undefined]);
      expect(await t.on.geopos(t.key())).toEqual([]);
    });

    it('obey conditions and versions', async () => {
      expect(await t.on.geoadd(t.key(), { a: rome }, { xx: true })).toBe(0);
      expect(await t.on.geoadd(t.key(), { a: rome }, { nx: true, version: 2 })).toBe(1);
      expect(await t.on.geoadd(t.key(), { a: palermo }, { nx: true, ch: true, version: 2 })).toBe(0);
      expect(await t.on.zcard(t.key(), { version: 2 })).toBe(1);
      expect(await t.on.geoadd(t.key(), {})).toBe(0);
    });

    it('accept anything with a place', async () => {
      const shop = { id: 7, name: 'Moka', ...rome };
      expect(await t.on.geoadd(t.key(), { shop })).toBe(1);
      expect(await t.on.geosearch(t.key(), { from: shop, radius: 1 })).toEqual(['shop']);
    });

    it('accept members of any type, which sorted sets share', async () => {
      await addAll();
      expect(await t.on.zrem(t.key(), { name: 'catania', id: 2 })).toBe(1);
      expect(await t.on.geopos(t.key(), { id: 2, name: 'catania' })).toEqual([undefined]);
    });

    it.each<[string, unknown]>([
      ['a longitude beyond 180', { a: { longitude: 180.1, latitude: 0 } }],
      ['a latitude beyond 85.05112878', { a: { longitude: 0, latitude: 85.06 } }],
      ['NaN', { a: { longitude: NaN, latitude: 0 } }],
      ['text', { a: { longitude: '1', latitude: 0 } }],
      ['no latitude', { a: { longitude: 1 } }],
      ['other names', { a: { lng: 1, lat: 2 } }],
      ['an array', { a: [1, 2] }],
      ['nothing', { a: null }],
      ['no mapping', 'a'],
    ])('refuse %s before anything is sent', async (_, members) => {
      await expect(t.on.geoadd(t.key(), members as never)).rejects.toThrow(TypeError);
      expect(await t.on.hasKey(t.key())).toBe(false);
    });

    it('refuse other types, and members that cannot be stored', async () => {
      await t.cache.set(t.key(), 1, { tags: [t.key('tag')] });
      await expect(t.on.geoadd(t.key(), { rome })).rejects.toThrow(WrongTypeError);
      await expect(t.on.geopos(t.key(), 'rome')).rejects.toThrow(WrongTypeError);
      await expect(t.on.geoadd(t.key('b'), new Map([[undefined, rome]]))).rejects.toThrow(SerializerError);
      await expect(t.on.geoadd(t.key('b'), { rome }, { nx: true, xx: true })).rejects.toThrow(TypeError);
    });

    it('accept the ends of the map', async () => {
      const ends = { a: { longitude: -180, latitude: -85.05112878 }, b: { longitude: 180, latitude: 85.05112878 } };
      expect(await t.on.geoadd(t.key(), ends)).toBe(2);
      expect(await t.on.geoadd(t.key(), { tiny: { longitude: 1e-7, latitude: -0 } })).toBe(1);
    });
  });

  describe('geodist', () => {
    it('returns the distance between members', async () => {
      await addAll();
      const other = { name: 'catania', id: 2 };
      expect(await t.on.geodist(t.key(), 'palermo', other)).toBeCloseTo(166_274.15, 0);
      expect(await t.on.geodist(t.key(), 'palermo', other, { unit: 'km' })).toBeCloseTo(166.27, 1);
      expect(await t.on.geodist(t.key(), 'palermo', other, { unit: 'mi' })).toBeCloseTo(103.32, 1);
      expect(await t.on.geodist(t.key(), 'palermo', 'none')).toBeUndefined();
      expect(await t.on.geodist(t.key('none'), 'a', 'b')).toBeUndefined();
      await expect(t.on.geodist(t.key(), 'a', 'b', { unit: 'cm' as never })).rejects.toThrow(TypeError);
    });
  });

  describe('geosearch', () => {
    it('finds members in a circle or a box', async () => {
      await addAll();
      expect(await t.on.geosearch(t.key(), inSicily, { order: 'ASC' })).toEqual([
        { id: 2, name: 'catania' },
        'palermo',
      ]);
      expect(await t.on.geosearch(t.key(), inSicily, { order: 'DESC' })).toEqual([
        'palermo',
        { id: 2, name: 'catania' },
      ]);
      expect(await t.on.geosearch(t.key(), inSicily, { count: 1 })).toEqual([{ id: 2, name: 'catania' }]);
      expect(await t.on.geosearch(t.key(), inSicily, { count: 1, any: true })).toHaveLength(1);
      const box = { from: { member: 'palermo' }, box: { width: 10, height: 10 }, unit: 'km' } as const;
      expect(await t.on.geosearch(t.key(), box)).toEqual(['palermo']);
      expect(await t.on.geosearch(t.key(), { from: { member: { name: 'catania', id: 2 } }, radius: 0 })).toHaveLength(
        1,
      );
      expect(await t.on.geosearch(t.key('none'), inSicily)).toEqual([]);
      expect(await t.on.geosearch(t.key('none'), { from: { member: 'palermo' }, radius: 1 })).toEqual([]);
    });

    it('returns distances and places', async () => {
      await addAll();
      const order = 'ASC';
      const near = await t.on.geosearch<string>(t.key(), inSicily, { order, withDistance: true });
      expect(near.map(({ member }) => member)).toEqual([{ id: 2, name: 'catania' }, 'palermo']);
      expect(near[0]!.distance).toBeCloseTo(56.44, 1);
      const [first] = await t.on.geosearch(t.key(), inSicily, { order, withPlace: true });
      expect(first).toEqual({
        member: { id: 2, name: 'catania' },
        place: { longitude: expect.closeTo(catania.longitude, 4), latitude: expect.closeTo(catania.latitude, 4) },
      });
      const [, second] = await t.on.geosearch(t.key(), inSicily, { order, withPlace: true, withDistance: true });
      expect(second!.member).toBe('palermo');
      expect(second!.distance).toBeCloseTo(190.44, 1);
      expect(second!.place.latitude).toBeCloseTo(palermo.latitude, 4);
      expect(await t.on.geosearch(t.key('none'), inSicily, { withDistance: true })).toEqual([]);
    });

    it('reports a missing member at the center', async () => {
      await addAll();
      const area = { from: { member: 'a secret' }, radius: 1 };
      const error: unknown = await t.on.geosearch(t.key(), area).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeyNotFoundError);
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('a secret');
      await expect(t.on.geosearchstore(t.key('d'), t.key(), area)).rejects.toThrow(KeyNotFoundError);
    });

    it.each<[string, unknown, unknown?]>([
      ['no area', undefined],
      ['no middle', { radius: 1 }],
      ['a middle that is text', { from: 'palermo', radius: 1 }],
      ['two middles', { from: { member: 'a', longitude: 1, latitude: 1 }, radius: 1 }],
      ['no size', { from: rome }],
      ['two sizes', { from: rome, radius: 1, box: { width: 1, height: 1 } }],
      ['a negative radius', { from: rome, radius: -1 }],
      ['NaN', { from: rome, radius: NaN }],
      ['Infinity', { from: rome, radius: Infinity }],
      ['a box without height', { from: rome, box: { width: 1 } }],
      ['an unknown unit', { from: rome, radius: 1, unit: 'miles' }],
      ['another name', { from: rome, radius: 1, by: 'km' }],
      ['a count of 0', { from: rome, radius: 1 }, { count: 0 }],
      ['any without count', { from: rome, radius: 1 }, { any: true }],
      ['an unknown order', { from: rome, radius: 1 }, { order: 'asc' }],
    ])('refuses %s', async (_, area, options) => {
      await expect(t.on.geosearch(t.key(), area as never, options as never)).rejects.toThrow(TypeError);
      await expect(t.on.geosearchstore(t.key('d'), t.key(), area as never, options as never)).rejects.toThrow(
        TypeError,
      );
    });
  });

  describe('geosearchstore', () => {
    it('stores the result, by place or by distance', async () => {
      await addAll();
      expect(await t.on.geosearchstore(t.key('near'), t.key(), inSicily)).toBe(2);
      expect(await t.on.geodist(t.key('near'), 'palermo', { id: 2, name: 'catania' })).toBeCloseTo(166_274.15, 0);
      expect(await t.on.geosearchstore(t.key('near'), t.key(), inSicily, { storeDistance: true, count: 1 })).toBe(1);
      const [[, distance]] = (await t.on.zrange(t.key('near'), 0, -1, { withScores: true })) as [[unknown, number]];
      expect(distance).toBeCloseTo(56.44, 1);
      expect(await t.on.geosearchstore(t.key('near'), t.key('none'), inSicily)).toBe(0);
      expect(await t.on.hasKey(t.key('near'))).toBe(false);
      expect(await t.on.geosearchstore(t.key(), t.key(), inSicily, { versionDst: 4 })).toBe(2);
      expect(await t.on.zcard(t.key(), { version: 4 })).toBe(2);
      const apart = t.on.geosearchstore('elsewhere', t.key('none'), inSicily);
      expect(await apart.catch((error: unknown) => error)).toEqual(t.isSlotted ? crossSlot : 0);
    });
  });
});
