import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isEnvelope, openEnvelope, sealEnvelope, type Stamp } from '../../lib/codec/envelope.js';
import { createCodec } from '../../lib/codec/index.js';

const heads = fc.record({
  grace: fc.nat(),
  tags: fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string())),
});
const bytes = fc.uint8Array().map((data) => Buffer.from(data));

describe('an envelope', () => {
  it('returns its head and the bytes of its value', () => {
    fc.assert(
      fc.property(heads, bytes, (head, data) => {
        expect(openEnvelope(sealEnvelope(head, data))).toEqual({ head, data });
      }),
    );
  });

  it('is readable in redis-cli: a mark, the head as JSON, a line feed, the value', () => {
    const sealed = sealEnvelope({ grace: 1000, tags: [['users', 'a1']] }, '42');
    expect(sealed.toString('latin1')).toBe('\xc1\x02{"grace":1000,"tags":[["users","a1"]]}\n42');
  });

  it('differs from every value without one', async () => {
    for (const serializer of ['msgpack', 'json', 'v8'] as const) {
      const codec = createCodec({ serializer, compressor: 'zlib' });
      const plain = fc.anything({ withBigInt: serializer !== 'json' }).filter((value) => value !== undefined);
      await fc.assert(
        fc.asyncProperty(plain, async (value) => {
          const data = await Promise.resolve()
            .then(() => codec.encode(value))
            .catch(() => '');
          expect(isEnvelope(Buffer.from(data))).toBe(false);
        }),
      );
    }
  });

  it('is never found in other bytes, and a damaged one is not opened', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        const opened = openEnvelope(Buffer.concat([Buffer.from([0xc1, 0x02]), data]));
        expect(opened === undefined || typeof opened.head === 'object').toBe(true);
      }),
    );
    for (const head of [
      '',
      'null',
      '{',
      '{"grace":-1}',
      '{"grace":"1"}',
      '{"grace":0.5}',
      '{"grace":1e300}',
      '{"tags":{}}',
      '{"tags":[["a"]]}',
      '[1]x',
    ]) {
      expect(openEnvelope(Buffer.from(`\xc1\x02${head}\nvalue`, 'latin1')), head).toBeUndefined();
    }
    const sealed = sealEnvelope({ tags: [['a', 'b']] }, 'value');
    for (let length = 0; length < sealed.indexOf('\n'); length++) {
      expect(openEnvelope(sealed.subarray(0, length + 1))).toBeUndefined();
    }
  });

  it('is not opened if its head is beyond the limits, and nothing of it is read', () => {
    const stamps = (count: number, letter = 'a'): Stamp[] =>
      Array.from({ length: count }, (_, index) => [`${letter.repeat(60)}${index}`, 'x7Qm0aTz1f-K']);
    expect(openEnvelope(sealEnvelope({ tags: stamps(1000, '\u0001') }, 'value'))?.head.tags).toHaveLength(1000);
    expect(openEnvelope(sealEnvelope({ tags: stamps(1001) }, 'value'))).toBeUndefined();
    const parse = vi.spyOn(JSON, 'parse');
    expect(openEnvelope(sealEnvelope({ tags: stamps(300_000) }, 'value'))).toBeUndefined();
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});
