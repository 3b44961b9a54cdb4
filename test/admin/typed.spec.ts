import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { typedOf } from '../../lib/admin/typed/typed-writer.js';
import { valueOf } from '../../lib/admin/typed/typed-reader.js';
import { type ConnectionPool, getConnectionPoolToken } from '../../lib/index.js';
import { type Admin, type Answer, openAdmin } from './open-admin.js';

const entry = '/api/caches/default/entry';
const budget = { values: 1000, characters: 10_000 };

const proto = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as object;

/** Values, each with its notation. */
const values: [string, unknown, unknown][] = [
  ['a Date', new Date(0), { $Date: '1970-01-01T00:00:00.000Z' }],
  ['a Date of another age', new Date(-1e14), { $Date: '-001199-02-15T14:13:20.000Z' }],
  ['bigints', [2n ** 70n, -5n], [{ $bigint: '1180591620717411303424' }, { $bigint: '-5' }]],
  [
    'a Map',
    new Map<unknown, unknown>([[{ a: 1 }, new Set([1n])]]),
    { $Map: [[{ a: 1 }, { $Set: [{ $bigint: '1' }] }]] },
  ],
  ['a Buffer', Buffer.from('hello'), { $Buffer: 'aGVsbG8=' }],
  ['an array of bytes', Uint8Array.of(1, 2), { $Uint8Array: 'AQI=' }],
  ['an array of numbers', Float64Array.of(1), { $Float64Array: 'AAAAAAAA8D8=' }],
  ['no number', [NaN, Infinity, -Infinity, -0], ['NaN', 'Infinity', '-Infinity', '-0'].map(($number) => ({ $number }))],
  ['undefined in it', { a: undefined }, { a: { $undefined: true } }],
  ['a RegExp', /^a+/gi, { $RegExp: ['^a+', 'gi'] }],
  ['an object that looks like a type', { $Date: { $x: 1, $y: 2 } }, { $object: { $Date: { $x: 1, $y: 2 } } }],
  [
    'what looks like the escape of one',
    { $object: { $Date: 'text' } },
    { $object: { $object: { $object: { $Date: 'text' } } } },
  ],
  ['half an emoji', { '\ud83d': '\udc00' }, { '\ud83d': '\udc00' }],
  ['names that every object has', { deep: proto, no: -0 }, { deep: proto, no: { $number: '-0' } }],
];

it.each(values)('means the same value in the notation: %s', (_, value, json) => {
  expect(typedOf(value, budget)).toEqual({ json, hasRoomForLines: true });
  expect(valueOf(JSON.stringify(json))).toStrictEqual(value);
});

it.each<[string, unknown, string]>([
  ['an error', { a: new Error('lost') }, 'an Error'],
  ['an invalid date', new Date(NaN), 'an invalid Date'],
  ['a cycle', ((cycle: unknown[]) => (cycle.push(cycle), cycle))([]), 'a value that contains itself'],
  ['holes', Object.assign([], { 3: 1 }), 'an array with holes'],
  ['too many values', Array.from({ length: 1001 }, () => -0), 'more than there is room for'],
  ['too many letters', [-0, 'x'.repeat(10_001)], 'more than there is room for'],
  ['an endless bigint', 2n ** 4_000_000n, 'a bigint of too many digits'],
])('there is no notation of %s', (_, value, why) => {
  expect(typedOf(value, budget)).toEqual({ why });
});

it.each([
  ['not JSON', '{a: 1}', 'The value is not JSON'],
  ['a rounded number', '[12345678901234567890]', 'The value has an integer that a number would round'],
  ['an unknown type', '{"$Datum": 1}', 'Unknown type'],
  ['a day that does not exist', '{"$Date": "2026-02-31"}', '$Date must be a date'],
  ['no leap year', '{"$Date": "2026-02-29T00:00:00Z"}', '$Date must be a date'],
  ['a time without a zone', '{"$Date": "2026-02-01T10:00"}', '$Date must be a date'],
  ['a date as a number', '{"$Date": 5}', '$Date must be a date'],
  ['a bigint in words', '{"$bigint": "ten"}', '$bigint must be a whole number in quotes'],
  ['no base64', '{"$Buffer": "a b"}', '$Buffer must be bytes in base64'],
  ['half an element', '{"$Float64Array": "AQI="}', '$Float64Array must be as many bytes'],
  ['no pairs', '{"$Map": [["a"]]}', '$Map must be a list of pairs'],
  ['no pattern', '{"$RegExp": ["("]}', '$RegExp must be a pattern'],
  ['a plain number', '{"$number": "5"}', '$number must be'],
  ['deep down', `${'['.repeat(3000)}${']'.repeat(3000)}`, 'The value is nested too deeply'],
])('a text is refused: %s', (_, text, message) => {
  expect(() => valueOf(text)).toThrow(TypeError);
  expect(() => valueOf(text)).toThrow(message);
});

describe.each(['msgpack', 'v8'] as const)('editing what %s has written', (serializer) => {
  let admin: Admin;
  beforeAll(async () => {
    admin = await openAdmin({ cache: { serializer } });
  });
  afterAll(() => admin.app.close());
  const shown = async (key: string): Promise<{ value: { format: string; text: string }; digest: string }> =>
    (await admin.get(entry, { key })).body as never;
  const post = (what: string, body: object): Promise<Answer> => admin.post(`${entry}/${what}`, body);

  it.each(values)('keeps its types: %s', async (_, value, json) => {
    await admin.cache.set('k', { value });
    const { value: view, digest } = await shown('k');
    expect(JSON.parse(view.text)).toEqual({ value: json });
    expect((await post('value', { key: 'k', typed: view.text, digest })).status).toBe(200);
    expect(await admin.cache.get('k')).toStrictEqual({ value });
  });

  it('keeps the types of fields, elements, members and entries', async () => {
    const [date, later] = [new Date(0), new Date(86_400_000)];
    await admin.cache.hset('h', 'f', date);
    await admin.cache.rpush('l', date);
    await admin.cache.sadd('s', 1);
    await admin.cache.xadd('x', { at: date });
    const typed = '{"$Date":"1970-01-02"}';
    for (const [key, type] of [
      ['h', 'hash'],
      ['l', 'list'],
    ] as const) {
      const [item] = (
        (await admin.get(entry, { key })).body as { items: [{ name: string; digest: string; value: object }] }
      ).items;
      expect(item.value).toMatchObject({ format: 'typed', text: '{"$Date":"1970-01-01T00:00:00.000Z"}' });
      expect((await post('items/put', { key, type, name: item.name, digest: item.digest, typed })).status).toBe(200);
    }
    await post('items/put', { key: 's', type: 'set', typed });
    await post('items/put', { key: 'x', type: 'stream', typed: `{"at":${typed}}` });
    expect(await admin.cache.hget('h', 'f')).toStrictEqual(later);
    expect(await admin.cache.lrange('l', 0, -1)).toStrictEqual([later]);
    expect(await admin.cache.smismember('s', later)).toEqual([true]);
    expect((await admin.cache.xrange('x')).map(({ fields }) => fields)).toStrictEqual([{ at: date }, { at: later }]);
    expect((await post('items/remove', { key: 's', type: 'set', typed })).status).toBe(200);
    expect((await post('items/put', { key: 'l', type: 'list', typed: '{"$Date": 1}' })).body.message).toContain(
      '$Date must be',
    );
  });
});

describe('editing values that JSON has written', () => {
  let admin: Admin;
  beforeAll(async () => {
    admin = await openAdmin({ cache: { serializer: 'json' } });
  });
  afterAll(() => admin.app.close());

  it.each(['{"at":{"$Date":"2026-01-31"}}', '{"a":{"$undefined":true}}', '[{"$number":"-0"}]', '{"$Map":[]}'])(
    'offers no way to lose a type: %s',
    async (typed) => {
      await admin.cache.set('k', { a: 1 });
      const { digest } = (await admin.get(entry, { key: 'k' })).body;
      const { status, body } = await admin.post(`${entry}/value`, { key: 'k', typed, digest });
      expect([status, body.message]).toEqual([422, expect.stringMatching(/cannot (keep|store)/)]);
      expect((await admin.post(`${entry}/create`, { key: 'new', typed })).status).toBe(422);
      expect(await admin.cache.get('k')).toEqual({ a: 1 });
    },
  );
});

describe('values that expand beyond all limits', () => {
  let admin: Admin;
  beforeAll(async () => {
    admin = await openAdmin({ cache: { compressor: 'zlib' } });
  });
  afterAll(() => admin.app.close());
  beforeEach(() => admin.cache.flushDb());

  it('are shown as their bytes, and can be deleted', async () => {
    const bomb = Buffer.concat([Buffer.from([0xc1, 0x10]), deflateSync(Buffer.alloc(50_000_000))]);
    const pool = admin.app.get<ConnectionPool>(getConnectionPoolToken());
    const write = (name: string, ...args: (string | Buffer)[]): Promise<unknown> =>
      pool.send({ name, args, access: 'write' });
    await write('SET', ':1:k', bomb);
    const { body } = await admin.get(entry, { key: 'k' });
    expect(body.value).toMatchObject({ format: 'bytes', size: bomb.length, expandsBeyond: 1_000_000 });
    expect(body.codec).toMatchObject({ storedBytes: bomb.length, compressor: 'zlib', encrypted: false });
    await write('HSET', ':1:h', 'f', bomb);
    await write('RPUSH', ':1:l', bomb);
    for (const key of ['h', 'l']) {
      const { items } = (await admin.get(entry, { key })).body as { items: [{ value: object }] };
      expect(items[0].value).toMatchObject({ format: 'bytes', expandsBeyond: 262_144 });
    }
    expect((await admin.post(`${entry}/delete`, { key: 'k' })).status).toBe(200);
  });

  it('are not decoded as fields of a stream entry', async () => {
    const { cache } = admin;
    await cache.xadd('few', { a: 'x'.repeat(250_000) });
    await cache.xadd(
      'many',
      Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}`, 'x'.repeat(250_000)])),
    );
    const shown = async (key: string): Promise<object> =>
      ((await admin.get(entry, { key })).body as { items: [{ value: object }] }).items[0].value;
    expect(await shown('few')).toMatchObject({ format: 'inspect' });
    expect(await shown('many')).toMatchObject({ format: 'bytes', expandsBeyond: 262_144 });
  });

  it('are decoded if they are long but within the limit', async () => {
    await admin.cache.set('k', 'x'.repeat(900_000));
    expect((await admin.get(entry, { key: 'k' })).body.value).toMatchObject({ format: 'json', isCut: false });
  });
});
