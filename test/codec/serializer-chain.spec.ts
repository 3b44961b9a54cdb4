import { describe, expect, it } from 'vitest';
import { createCodec, type Serializer, type SerializerLike } from '../../lib/codec/index.js';
import { ConfigError, SerializerError } from '../../lib/errors/index.js';
import { failure, roundTrip, stored } from './stored.js';

const value = { name: 'Ada', roles: ['admin'], at: 'noon' };
const names = ['msgpack', 'json', 'v8'] as const;

/** A serializer whose errors quote the data, as those of parsers do. */
const telling: Serializer = {
  name: 'telling',
  serialize: (input) => {
    if (typeof input === 'string') return Buffer.from(`"${input}"`);
    throw new TypeError(`cannot write ${JSON.stringify(input)}`);
  },
  deserialize: (data) => {
    throw new SyntaxError(`cannot read ${data.toString()}`);
  },
};

describe('a chain of serializers', () => {
  it.each(names.flatMap((from) => names.map((to) => [from, to] as const)))(
    'can change from %s to %s without flushing',
    async (from, to) => {
      const old = createCodec({ serializer: from, compressor: 'gzip' });
      const now = createCodec({ serializer: [to, from], compressor: ['zstd', 'gzip'] });
      for (const each of [value, 'text', '12345', null, true, 1.5, -0, [1, 'two'], { long: 'x'.repeat(1_000) }]) {
        expect(now.decode(stored(await old.encode(each)))).toStrictEqual(each);
        expect(now.decode(stored(old.encodeCanonical(each)))).toStrictEqual(each);
        expect(await roundTrip(now, each)).toStrictEqual(each);
      }
    },
  );

  it('gives a serializer of your own bytes that nobody else reads', () => {
    const itself: Serializer = {
      serialize: (input) => Buffer.from(`'${String(input)}'`),
      deserialize: (data) => data,
    };
    const data = Buffer.from('abc');
    (createCodec({ serializer: itself }).decode(data) as Buffer).fill(0);
    expect(data.toString()).toBe('abc');
  });

  it('writes with the first', () => {
    expect(createCodec({ serializer: ['json', 'msgpack'] }).encode(value)).toStrictEqual(
      Buffer.from(JSON.stringify(value)),
    );
  });

  it('asks the next one if one returns undefined, which stands for a missing key', () => {
    const silent: Serializer = { serialize: () => Buffer.from('x'), deserialize: () => undefined };
    expect(createCodec({ serializer: [silent, 'json'] }).decode(Buffer.from('{"a":1}'))).toStrictEqual({ a: 1 });
    expect(() => createCodec({ serializer: silent }).decode(Buffer.from('{"a":1}'))).toThrow(SerializerError);
  });

  it('names all that it tried if none can read, without quoting them', async () => {
    const codec = createCodec({ serializer: ['json', telling, 'v8'] });
    const error = await failure(() => codec.decode(Buffer.from('secret data')));
    expect(error).toBeInstanceOf(SerializerError);
    expect(error.message).toMatch(
      /^The stored bytes cannot be read by any serializer of the chain \(json, telling, v8\)/,
    );
    expect(error.cause).toMatchObject({ name: 'SyntaxError' });
    expect(inFull(error)).not.toMatch(/secret|data/);
  });

  it('quotes the built-in serializers', async () => {
    const error = await failure(() => createCodec().decode(Buffer.of(5)));
    expect(error.cause).toMatchObject({ message: expect.stringContaining('Found a number in MessagePack') });
  });

  it.each<SerializerLike>(['msgpack', 'json', 'v8', telling])(
    '%s says nothing about data that it cannot read',
    async (serializer) => {
      const codec = createCodec({ serializer });
      const texts = ['secret', '"secret', '{"secret": tru}', '5secret'].map((text) => Buffer.from(text));
      const packed = createCodec().encode({ secret: 'secret' }) as Buffer;
      for (const data of [...texts, packed.subarray(0, -1), Buffer.concat([packed, Buffer.of(1)])]) {
        const error = await failure(() => codec.decode(data));
        expect(error).toBeInstanceOf(SerializerError);
        expect(inFull(error)).not.toContain('secret');
      }
    },
  );

  it('says where a value cannot be written, and nothing else', async () => {
    const error = await failure(() => createCodec({ serializer: telling }).encode({ secret: 1 }));
    expect(error).toBeInstanceOf(SerializerError);
    expect(error.message).toContain('The value cannot be serialized by telling');
    expect(error.cause).toMatchObject({ name: 'TypeError', message: '(message omitted: it may quote the value)' });
    expect((error.cause as Error).stack).toContain('serializer-chain.spec.ts');
    expect(inFull(error)).not.toContain('secret');
  });

  it('passes a SerializerError on: its author answers for the message', async () => {
    const polite = {
      ...telling,
      serialize: (): Buffer => {
        throw new SerializerError('polite takes no objects');
      },
    };
    expect((await failure(() => createCodec({ serializer: polite }).encode(value))).message).toContain(
      'polite takes no objects',
    );
  });

  it('survives whatever is thrown', async () => {
    for (const thrown of ['secret', undefined, null, 5]) {
      const wild = {
        ...telling,
        deserialize: (): never => {
          throw thrown;
        },
      };
      const error = await failure(() => createCodec({ serializer: wild }).decode(Buffer.from('x')));
      expect(error).toBeInstanceOf(SerializerError);
      expect(error.cause).toBeUndefined();
    }
  });
});

describe('a serializer cannot be', () => {
  it.each([
    ['unknown', 'yaml'],
    ['an inherited name', 'toString'],
    ['null', null],
    ['half of one', { serialize: () => Buffer.of() }],
    ['a class', Buffer],
    ['one of a list', ['msgpack', 'yaml']],
  ])('%s', (_, serializer) => {
    const like = serializer as unknown as SerializerLike;
    expect(() => createCodec({ serializer: like })).toThrow(ConfigError);
    expect(() => createCodec({ serializer: like })).toThrow(/'msgpack', 'json', 'v8' or an object with serialize\(\)/);
  });

  it('missing', () => {
    expect(() => createCodec({ serializer: [] })).toThrow(ConfigError);
  });

  it('one that returns text', async () => {
    const texts = { ...telling, serialize: String } as unknown as Serializer;
    expect(() => createCodec({ serializer: texts })).toThrow('serialize() of telling must return a Buffer');
    const sometimes = { ...telling, serialize: (v: unknown) => (typeof v === 'string' ? Buffer.from('"') : 'text') };
    const codec = createCodec({ serializer: sometimes as unknown as Serializer });
    expect(await failure(() => codec.encode({ a: 1 }))).toBeInstanceOf(SerializerError);
  });
});

/** Everything that a logger would print for an error. */
function inFull(error: unknown): string {
  return error instanceof Error ? `${String(error)}\n${error.stack}\n${inFull(error.cause)}` : '';
}
