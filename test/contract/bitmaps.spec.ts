import { describe, expect, it } from 'vitest';
import { CrossSlotError, WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';
import { from } from './since.js';
import { leftOf } from '../left-of.js';

const crossSlot: unknown = expect.any(CrossSlotError);

contract((t) => {
  const bitsOf = async (name: string): Promise<number[]> =>
    Promise.all(Array.from({ length: 16 }, (_, offset) => t.cache.getbit(t.key(name), offset)));

  describe('setbit and getbit', () => {
    it('keep bits by their offset', async () => {
      expect(await t.on.getbit(t.key(), 7)).toBe(0);
      expect(await t.on.setbit(t.key(), 7, 1)).toBe(0);
      expect(await t.on.setbit(t.key(), 7, 0)).toBe(1);
      expect(await t.on.setbit(t.key(), 100_000, 1)).toBe(0);
      expect(await t.on.getbit(t.key(), 100_000)).toBe(1);
      expect(await t.on.getbit(t.key(), 4_000_000_000)).toBe(0);
      expect(await t.on.setbit(t.key(), 7, 1, { version: 2 })).toBe(0);
      expect(await t.on.getbit(t.key(), 7, { version: 2 })).toBe(1);
      expect(await t.on.ttl(t.key())).toBe(-1);
    });

    it('has its own key, which expires and can be copied and moved like others', async () => {
      await t.on.setbit(t.key('a'), 3, 1);
      expect(await t.on.expire(t.key('a'), 50)).toBe(true);
      await t.on.setbit(t.key('a'), 4, 1);
      expect(await t.on.ttl(t.key('a'))).toEqual(leftOf(50));
      expect(await t.on.copy(t.key('a'), t.key('b'))).toBe(true);
      await t.on.restore(t.key('c'), (await t.on.dump(t.key('a')))!);
      expect([await t.on.bitcount(t.key('b')), await t.on.bitcount(t.key('c'))]).toEqual([2, 2]);
    });

    it('refuse wrong arguments, and other types', async () => {
      for (const offset of [-1, 1.5, NaN, 2 ** 32, Infinity, '7', undefined] as number[]) {
        await expect(t.on.setbit(t.key(), offset, 1)).rejects.toThrow(TypeError);
        await expect(t.on.getbit(t.key(), offset)).rejects.toThrow(TypeError);
      }
      for (const bit of [2, -1, true, '1', undefined] as never[]) {
        await expect(t.on.setbit(t.key(), 1, bit)).rejects.toThrow(TypeError);
      }
      await t.cache.sadd(t.key('set'), 1);
      await expect(t.on.setbit(t.key('set'), 1, 1)).rejects.toThrow(WrongTypeError);
      await expect(t.on.bitcount(t.key('set'))).rejects.toThrow(WrongTypeError);
    });
  });

  describe('bitcount and bitpos', () => {
    it('examine a whole bitmap, or a part', async () => {
      expect(await t.on.bitcount(t.key())).toBe(0);
      for (const offset of [1, 2, 9, 17]) await t.cache.setbit(t.key(), offset, 1);
      expect(await t.on.bitcount(t.key())).toBe(4);
      expect(await t.on.bitcount(t.key(), { start: 1 })).toBe(2);
      expect(await t.on.bitcount(t.key(), { end: 0 })).toBe(2);
      expect(await t.on.bitcount(t.key(), { start: -1, end: -1 })).toBe(1);
      expect(await t.on.bitcount(t.key(), { start: 2, end: 9, unit: 'BIT' })).toBe(2);
      expect(await t.on.bitcount(t.key(), { start: 5, end: 2 })).toBe(0);
      expect(await t.on.bitcount(t.key(), { unit: 'BIT' })).toBe(4);
    });

    it('find the first bit that is 0 or 1', async () => {
      expect(await t.on.bitpos(t.key(), 1)).toBeUndefined();
      expect(await t.on.bitpos(t.key(), 0)).toBe(0);
      for (const offset of [1, 9]) await t.cache.setbit(t.key(), offset, 1);
      expect(await t.on.bitpos(t.key(), 1)).toBe(1);
      expect(await t.on.bitpos(t.key(), 1, { start: 1 })).toBe(9);
      expect(await t.on.bitpos(t.key(), 1, { start: 2, unit: 'BIT' })).toBe(9);
      expect(await t.on.bitpos(t.key(), 1, { start: 2, end: 8, unit: 'BIT' })).toBeUndefined();
      expect(await t.on.bitpos(t.key(), 0, { start: 1, unit: 'BIT' })).toBe(2);
      for (let offset = 0; offset < 8; offset++) await t.cache.setbit(t.key('full'), offset, 1);
      expect(await t.on.bitpos(t.key('full'), 0)).toBe(8);
      expect(await t.on.bitpos(t.key('full'), 0, { end: -1 })).toBeUndefined();
    });

    it('refuse wrong arguments', async () => {
      await expect(t.on.bitcount(t.key(), { start: 0.5 })).rejects.toThrow(TypeError);
      await expect(t.on.bitcount(t.key(), { end: NaN })).rejects.toThrow(TypeError);
      await expect(t.on.bitcount(t.key(), { unit: 'bits' as never })).rejects.toThrow(TypeError);
      await expect(t.on.bitpos(t.key(), 2 as never)).rejects.toThrow(TypeError);
    });
  });

  describe('bitop', () => {
    it('combines bitmaps', async () => {
      for (const offset of [0, 1, 9]) await t.cache.setbit(t.key('a'), offset, 1);
      for (const offset of [1, 2]) await t.cache.setbit(t.key('b'), offset, 1);
      const [a, b] = [t.key('a'), t.key('b')];
      const set = (bits: number[]): number[] => bits.flatMap((bit, offset) => (bit ? [offset] : []));
      expect(await t.on.bitop('AND', t.key('d'), [a, b])).toBe(2);
      expect(set(await bitsOf('d'))).toEqual([1]);
      expect(await t.on.bitop('OR', t.key('d'), [a, b])).toBe(2);
      expect(set(await bitsOf('d'))).toEqual([0, 1, 2, 9]);
      expect(await t.on.bitop('XOR', t.key('d'), [a, b])).toBe(2);
      expect(set(await bitsOf('d'))).toEqual([0, 2, 9]);
      expect(await t.on.bitop('NOT', t.key('d'), [b])).toBe(1);
      expect(set(await bitsOf('d'))).toEqual([0, 3, 4, 5, 6, 7]);
      expect(await t.on.bitop('OR', t.key('d'), [t.key('none')])).toBe(0);
      expect(await t.on.hasKey(t.key('d'))).toBe(false);
      expect(await t.on.bitop('OR', t.key('d'), [])).toBe(0);
      expect(await t.on.bitop('OR', t.key('d'), [a], { versionDst: 5 })).toBe(2);
      expect(await t.on.bitcount(t.key('d'), { version: 5 })).toBe(3);
    });

    it(
      'distinguishes bitmaps if the server can',
      from({ redis: '8.2' }, t, async () => {
        for (const offset of [0, 1]) await t.cache.setbit(t.key('a'), offset, 1);
        for (const offset of [1, 2]) await t.cache.setbit(t.key('b'), offset, 1);
        const results = [];
        for (const operation of ['DIFF', 'DIFF1', 'ANDOR', 'ONE'] as const) {
          await t.on.bitop(operation, t.key('d'), [t.key('a'), t.key('b')]);
          results.push((await bitsOf('d')).slice(0, 3).join(''));
        }
        expect(results).toEqual(['100', '001', '010', '101']);
      }),
    );

    it('refuses wrong arguments, and keys in several slots', async () => {
      const keys = [t.key('a'), t.key('b')];
      await expect(t.on.bitop('NAND' as never, t.key('d'), keys)).rejects.toThrow(TypeError);
      await expect(t.on.bitop('toString' as never, t.key('d'), keys)).rejects.toThrow(TypeError);
      await expect(t.on.bitop('NOT', t.key('d'), keys)).rejects.toThrow(TypeError);
      await expect(t.on.bitop('DIFF', t.key('d'), [t.key('a')])).rejects.toThrow(TypeError);
      await expect(t.on.bitop('OR', t.key('d'), t.key('a') as never)).rejects.toThrow(TypeError);
      const apart = t.on.bitop('OR', t.key('d'), ['elsewhere']);
      expect(await apart.catch((error: unknown) => error)).toEqual(t.isSlotted ? crossSlot : 0);
    });
  });

  describe('bitfield', () => {
    it('reads and changes integers inside a bitmap', async () => {
      expect(
        await t.on.bitfield(t.key(), [
          { set: 'u8', offset: 0, value: 200 },
          { incrby: 'i16', offset: '#1', by: -5 },
          { get: 'u8', offset: 0 },
          { get: 'i16', offset: 16 },
        ]),
      ).toEqual([0, -5, 200, -5]);
      expect(await t.on.bitfield(t.key(), [{ get: 'u8', offset: 0 }])).toEqual([200]);
      expect(await t.on.bitfield(t.key('none'), [{ get: 'i64', offset: 0 }])).toEqual([0]);
      expect(await t.on.bitfield(t.key(), [])).toEqual([]);
    });

    it('treats overflows as each operation says', async () => {
      await t.on.bitfield(t.key(), [{ set: 'u8', offset: 0, value: 250 }]);
      const add = { incrby: 'u8', offset: 0, by: 10 } as const;
      expect(await t.on.bitfield(t.key(), [{ ...add, overflow: 'FAIL' }, add])).toEqual([undefined, 4]);
      expect(await t.on.bitfield(t.key(), [{ set: 'u8', offset: 0, value: 999, overflow: 'SAT' }])).toEqual([4]);
      expect(
        await t.on.bitfield(t.key(), [
          { ...add, overflow: 'SAT' },
          { ...add, overflow: 'WRAP' },
        ]),
      ).toEqual([255, 9]);
    });

    it('reports numbers beyond the safe integers', async () => {
      const most = { set: 'i64', offset: 0, value: Number.MAX_SAFE_INTEGER } as const;
      expect(await t.on.bitfield(t.key(), [most])).toEqual([0]);
      await expect(t.on.bitfield(t.key(), [{ incrby: 'i64', offset: 0, by: 1 }])).rejects.toThrow(RangeError);
    });

    it.each<[string, unknown]>([
      ['no array', { get: 'u8', offset: 0 }],
      ['nothing', undefined],
      ['no operation', [null]],
      ['text', ['GET']],
      ['an operation without a name', [{ offset: 0 }]],
      ['two in one', [{ get: 'u8', set: 'u8', offset: 0, value: 1 }]],
      ['another name', [{ get: 'u8', offset: 0, width: 1 }]],
      ['a value that is not written', [{ get: 'u8', offset: 0, value: 1 }]],
      ['no value', [{ set: 'u8', offset: 0 }]],
      ['no amount', [{ incrby: 'u8', offset: 0, value: 1 }]],
      ['an amount that is none', [{ incrby: 'u8', offset: 0, by: 1.5 }]],
      ['NaN', [{ set: 'u8', offset: 0, value: NaN }]],
      ['no offset', [{ get: 'u8' }]],
      ['a negative offset', [{ get: 'u8', offset: -1 }]],
      ['an offset beyond the end', [{ get: 'u8', offset: 2 ** 32 - 4 }]],
      ['a field beyond the end', [{ get: 'u8', offset: '#4294967295' }]],
      ['an offset that is text', [{ get: 'u8', offset: '8' }]],
      ['u64', [{ get: 'u64', offset: 0 }]],
      ['i0', [{ get: 'i0', offset: 0 }]],
      ['an unknown type', [{ get: 'f32', offset: 0 }]],
      ['an unknown overflow', [{ set: 'u8', offset: 0, value: 1, overflow: 'sat' }]],
    ])('refuses %s before anything is sent', async (_, operations) => {
      await expect(t.on.bitfield(t.key(), operations as never)).rejects.toThrow(TypeError);
      expect(await t.on.hasKey(t.key())).toBe(false);
    });
  });
});
