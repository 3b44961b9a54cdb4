import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { describe, expectTypeOf, it } from 'vitest';
import type {
  Bit,
  CachexError,
  CachexService,
  FieldNamesPage,
  FieldsPage,
  GeoArea,
  GeoPlace,
  KeySize,
  ObjectInfo,
  Pipeline,
  SetOptions,
} from '../../lib/index.js';

interface User {
  name: string;
}

declare const cache: CachexService;

describe('what methods of the service give', () => {
  it('get: T or undefined, T with a default', () => {
    expectTypeOf(cache.get<User>('k')).resolves.toEqualTypeOf<User | undefined>();
    expectTypeOf(cache.get('k')).resolves.toEqualTypeOf<unknown>();
    expectTypeOf(cache.get<number>('k', { version: 2 })).resolves.toEqualTypeOf<number | undefined>();
    expectTypeOf(cache.get<number>('k', { default: 0 })).resolves.toEqualTypeOf<number>();
    expectTypeOf(cache.get('k', { default: 'none' })).resolves.toEqualTypeOf<unknown>();
    expectTypeOf(cache.get('k', { raw: true })).resolves.toEqualTypeOf<string | undefined>();
    expectTypeOf(cache.get('k', { raw: true, default: 7 })).resolves.toEqualTypeOf<string | number>();
    expectTypeOf(cache.getex<User>('k', '1m')).resolves.toEqualTypeOf<User | undefined>();
    expectTypeOf(cache.getex<number>('k', { default: 0 })).resolves.toEqualTypeOf<number>();
    expectTypeOf(cache.setIfEqual('k', 2, 1, '1m')).resolves.toEqualTypeOf<boolean>();
    // @ts-expect-error Its condition is fixed.
    void cache.setIfEqual('k', 2, 1, { nx: true });
    expectTypeOf(cache.getrange('k', 0, 1)).resolves.toEqualTypeOf<string>();
    expectTypeOf(cache.pipeline().append('k', 'a').deleteIfEqual('k', 1).execute()).resolves.toEqualTypeOf<
      [number, boolean]
    >();
    expectTypeOf(cache.getdel<User>('k')).resolves.toEqualTypeOf<User | undefined>();
  });

  it('set: boolean, the previous value with get', () => {
    expectTypeOf(cache.set('k', 1)).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(cache.set('k', 1, 60)).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(cache.set('k', 1, null)).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(cache.set('k', 1, { timeout: '5m', nx: true })).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(cache.set<User>('k', 1, { get: true })).resolves.toEqualTypeOf<User | undefined>();
    const options: SetOptions = {};
    expectTypeOf(cache.set<User>('k', 1, options)).resolves.toEqualTypeOf<boolean | User | undefined>();
  });

  it('hashes', () => {
    expectTypeOf(cache.hget<User>('k', 'f')).resolves.toEqualTypeOf<User | undefined>();
    expectTypeOf(cache.hmget<User>('k', 'f', 'g')).resolves.toEqualTypeOf<(User | undefined)[]>();
    expectTypeOf(cache.hgetall<User>('k')).resolves.toEqualTypeOf<Map<string, User>>();
    expectTypeOf(cache.hexpire('k', 60, 'f', 'g')).resolves.toEqualTypeOf<boolean[]>();
    expectTypeOf(cache.hexpire('k', '1m', ['f'], { nx: true })).resolves.toEqualTypeOf<boolean[]>();
    // @ts-expect-error Options follow an array of fields only.
    void cache.hexpire('k', 60, 'f', { nx: true });
    expectTypeOf(cache.httl('k', 'f')).resolves.toEqualTypeOf<number[]>();
    expectTypeOf(cache.hgetex<User>('k', '1m', 'f')).resolves.toEqualTypeOf<(User | undefined)[]>();
    expectTypeOf(cache.hgetdel<User>('k', ['f'])).resolves.toEqualTypeOf<(User | undefined)[]>();
    expectTypeOf(cache.hsetex('k', { f: 1 }, '1m')).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(cache.hrandfield('k')).resolves.toEqualTypeOf<string | undefined>();
    expectTypeOf(cache.hrandfield<User>('k', 2, { withValues: true })).resolves.toEqualTypeOf<
      [field: string, value: User][]
    >();
    expectTypeOf(cache.hscan('k', 0, { noValues: true })).resolves.toEqualTypeOf<FieldNamesPage>();
    expectTypeOf(cache.hscan<User>('k', 0)).resolves.toEqualTypeOf<FieldsPage<User>>();
    expectTypeOf(cache.hscanIter('k', { noValues: true })).toEqualTypeOf<AsyncGenerator<string, void>>();
    expectTypeOf(cache.pipeline().hexpire('k', 60, 'f').hgetdel<User>('k', 'f').execute()).resolves.toEqualTypeOf<
      [boolean[], (User | undefined)[]]
    >();
    expectTypeOf(cache.hset('k', 'f', 1)).resolves.toEqualTypeOf<number>();
    expectTypeOf(cache.hscanIter<User>('k')).toEqualTypeOf<AsyncGenerator<[field: string, value: User], void>>();
  });

  it('sets and lists: one element, or several with a count', () => {
    expectTypeOf(cache.smembers<User>('k')).resolves.toEqualTypeOf<User[]>();
    expectTypeOf(cache.spop<User>('k')).resolves.toEqualTypeOf<User | undefined>();
    expectTypeOf(cache.spop<User>('k', 2)).resolves.toEqualTypeOf<User[]>();
    expectTypeOf(cache.srandmember<User>('k', -2)).resolves.toEqualTypeOf<User[]>();
    expectTypeOf(cache.lpop<User>('k')).resolves.toEqualTypeOf<User | undefined>();
    expectTypeOf(cache.rpop<User>('k', 2)).resolves.toEqualTypeOf<User[]>();
    expectTypeOf(cache.lpos('k', 'e')).resolves.toEqualTypeOf<number | undefined>();
    expectTypeOf(cache.lpos('k', 'e', { count: 0 })).resolves.toEqualTypeOf<number[]>();
  });

  it('sorted sets: members, or pairs with scores', () => {
    expectTypeOf(cache.zrange<User>('k', 0, -1)).resolves.toEqualTypeOf<User[]>();
    expectTypeOf(cache.zrange<User>('k', 0, -1, { withScores: true })).resolves.toEqualTypeOf<
      [member: User, score: number][]
    >();
    expectTypeOf(cache.zrangebyscore<User>('k', 0, '(5', { withScores: true })).resolves.toEqualTypeOf<
      [member: User, score: number][]
    >();
    expectTypeOf(cache.zadd('k', { a: 1 })).resolves.toEqualTypeOf<number>();
    expectTypeOf(cache.zadd('k', { a: 1 }, { incr: true })).resolves.toEqualTypeOf<number | undefined>();
    expectTypeOf(cache.zmscore('k', 'a')).resolves.toEqualTypeOf<(number | undefined)[]>();
    expectTypeOf(cache.zunion<User>(['k'])).resolves.toEqualTypeOf<User[]>();
    expectTypeOf(cache.zinter<User>(['k'], { withScores: true })).resolves.toEqualTypeOf<
      [member: User, score: number][]
    >();
    expectTypeOf(cache.zrangebylex<User>('k', '-', '(b')).resolves.toEqualTypeOf<User[]>();
    expectTypeOf(cache.zrangebylex('k', '-', '+', { raw: true })).resolves.toEqualTypeOf<string[]>();
    // @ts-expect-error Bounds must be marked as included or excluded.
    void cache.zrangebylex('k', 'a', 'b');
    expectTypeOf(cache.zrandmember<User>('k')).resolves.toEqualTypeOf<User | undefined>();
    expectTypeOf(cache.zrandmember<User>('k', 2, { withScores: true })).resolves.toEqualTypeOf<
      [member: User, score: number][]
    >();
    expectTypeOf(cache.zmpop<User>(['k'], 'MIN')).resolves.toEqualTypeOf<
      [key: string, members: [member: User, score: number][]] | undefined
    >();
    expectTypeOf(cache.bzpopmin<User>(['k'], 1)).resolves.toEqualTypeOf<
      [key: string, member: User, score: number] | undefined
    >();
    expectTypeOf(cache.lmpop<User>(['k'], 'LEFT')).resolves.toEqualTypeOf<
      [key: string, elements: User[]] | undefined
    >();
    expectTypeOf(cache.pipeline().zmpop<User>(['k'], 'MAX').zunionstore('d', ['k']).execute()).resolves.toEqualTypeOf<
      [[key: string, members: [member: User, score: number][]] | undefined, number]
    >();
  });

  it('bitmaps, HyperLogLogs and geo', () => {
    expectTypeOf(cache.setbit('k', 7, 1)).resolves.toEqualTypeOf<Bit>();
    // @ts-expect-error 0 or 1
    void cache.setbit('k', 7, 2);
    expectTypeOf(cache.bitpos('k', 0, { unit: 'BIT' })).resolves.toEqualTypeOf<number | undefined>();
    expectTypeOf(cache.bitfield('k', [{ get: 'u8', offset: '#1' }])).resolves.toEqualTypeOf<(number | undefined)[]>();
    // @ts-expect-error `set` needs a value
    void cache.bitfield('k', [{ set: 'u8', offset: 0 }]);
    expectTypeOf(cache.pfcount('a', 'b')).resolves.toEqualTypeOf<number>();
    expectTypeOf(cache.pfcount(['a'], { version: 2 })).resolves.toEqualTypeOf<number>();
    // @ts-expect-error options follow an array of keys only
    void cache.pfcount('a', { version: 2 });
    const area: GeoArea = { from: { longitude: 1, latitude: 2 }, radius: 3 };
    expectTypeOf(cache.geosearch<User>('k', area)).resolves.toEqualTypeOf<User[]>();
    expectTypeOf(cache.geosearch<User>('k', area, { withDistance: true })).resolves.items.toEqualTypeOf<{
      readonly member: User;
      readonly distance: number;
    }>();
    expectTypeOf(
      cache.geosearch<User>('k', area, { withDistance: true, withPlace: true }),
    ).resolves.items.toEqualTypeOf<{ readonly member: User; readonly distance: number; readonly place: GeoPlace }>();
    // @ts-expect-error a radius or a box
    void cache.geosearch('k', { from: { longitude: 1, latitude: 2 } });
    void cache.geoadd('k', new Map([[{ id: 1 }, { longitude: 1, latitude: 2 }]]));
    // @ts-expect-error a place has two coordinates
    void cache.geoadd('k', { a: { longitude: 1 } });
    expectTypeOf(cache.pipeline().geopos('k', 'a').pfadd('k', 1).getbit('k', 1).execute()).resolves.toEqualTypeOf<
      [(GeoPlace | undefined)[], boolean, Bit]
    >();
  });

  it('many keys', () => {
    expectTypeOf(cache.exists('a', 'b')).resolves.toEqualTypeOf<number>();
    expectTypeOf(cache.dump('a')).resolves.toEqualTypeOf<Buffer | undefined>();
    expectTypeOf(cache.largestKeys({ count: 1 })).resolves.toEqualTypeOf<KeySize[]>();
    expectTypeOf(cache.objectInfo('a')).resolves.toEqualTypeOf<ObjectInfo | undefined>();
    expectTypeOf(cache.pipeline().copy('a', 'b').memoryUsage('a').execute()).resolves.toEqualTypeOf<
      [boolean, number | undefined]
    >();
    expectTypeOf(cache.getMany<User>(['k'])).resolves.toEqualTypeOf<Map<string, User>>();
    expectTypeOf(cache.getOrSetMany(['k'], () => new Map([['k', 1]]))).resolves.toEqualTypeOf<Map<string, number>>();
    expectTypeOf(cache.getOrSetMany(['k'], () => ({ k: 'a' }), '1m')).resolves.toEqualTypeOf<Map<string, string>>();
    expectTypeOf(
      cache.getOrSetMany(['k'], async (missing) => missing.map((name): User => ({ name }))),
    ).resolves.toEqualTypeOf<Map<string, User>>();
    const found = async (missing: readonly string[]): Promise<(User | undefined)[]> => missing.map(() => undefined);
    expectTypeOf(cache.getOrSetMany(['k'], found)).resolves.toEqualTypeOf<Map<string, User>>();
    expectTypeOf(
      cache.getOrSetMany(['k'], (missing) => missing.map((): User | Error => new Error('none'))),
    ).resolves.toEqualTypeOf<Map<string, User>>();
    expectTypeOf(
      cache.getOrSetMany<User>(['k'], (missing, { staleValues }) => missing.map((key) => staleValues.get(key))),
    ).resolves.toEqualTypeOf<Map<string, User>>();
    // @ts-expect-error It returns one value, not one per key.
    void cache.getOrSetMany<User>(['k'], (): User => ({ name: 'k' }));
    // @ts-expect-error The argument is a loader, not a value.
    void cache.getOrSetMany(['k'], ['v']);
    expectTypeOf(cache.setMany(new Map([['k', 1]]))).resolves.toEqualTypeOf<string[]>();
    expectTypeOf(cache.iterKeys('*')).toEqualTypeOf<AsyncGenerator<string, void>>();
  });
});

describe('mappings', () => {
  interface Order {
    id: number;
    note?: string;
  }
  class Point {
    x = 1;
  }
  const order: Order = { id: 1 };
  const names: string[] = ['a', 'b'];

  it('are pairs, made in place as well', () => {
    expectTypeOf(cache.setMany(names.map((name, n) => [name, n]))).resolves.toEqualTypeOf<string[]>();
    expectTypeOf(cache.setMany([])).resolves.toEqualTypeOf<string[]>();
    expectTypeOf(
      cache.hset(
        'k',
        names.map((name) => [name, order]),
      ),
    ).resolves.toEqualTypeOf<number>();
    expectTypeOf(cache.hmset('k', Object.entries({ a: 1 }))).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(
      cache.zadd(
        'k',
        names.map((name, n) => [{ name }, n]),
      ),
    ).resolves.toEqualTypeOf<number>();
    expectTypeOf(
      cache.xadd(
        'k',
        names.map((name) => [name, 1]),
      ),
    ).resolves.toEqualTypeOf<string | undefined>();
  });

  it('are maps and objects, those of an interface or a class included', () => {
    void cache.setMany(new Map<string, unknown>());
    void cache.setMany({ a: 1, b: order });
    void cache.setMany(order);
    void cache.hset('k', order);
    void cache.hset('k', new Point(), { version: 2 });
    void cache.xadd('k', order, { id: '*' });
    void cache.zadd('k', new Point());
    void cache.zadd('k', new Map([[order, 1]]));
    const any: Map<string, number> | [string, number][] | Record<string, number> = { a: 1 };
    void cache.zadd('k', any);
    void cache.setMany(any);
  });

  it('are nothing else', () => {
    // @ts-expect-error fields need values
    void cache.setMany(names);
    // @ts-expect-error keys are strings
    void cache.setMany(new Map([[1, 2]]));
    // @ts-expect-error keys are strings
    void cache.setMany([[1, 2]]);
    // @ts-expect-error an unawaited promise
    void cache.hset('k', Promise.resolve({ a: 1 }));
    // @ts-expect-error a Date is not a mapping
    void cache.hset('k', new Date());
    // @ts-expect-error text
    void cache.hmset('k', 'text');
    // @ts-expect-error scores are numbers
    void cache.zadd('k', order);
    // @ts-expect-error the member comes first
    void cache.zadd('k', [[1, 'a']]);
  });
});

describe('what the compiler refuses', () => {
  it('wrong arguments', () => {
    // @ts-expect-error a key is a string
    void cache.get(1);
    // @ts-expect-error a Date is not a timeout
    void cache.set('k', 1, { timeout: new Date() });
    // @ts-expect-error fields are strings
    void cache.hget('k', 1);
    // @ts-expect-error scores are numbers
    void cache.zadd('k', { a: 'high' });
    // @ts-expect-error BEFORE or AFTER
    void cache.linsert('k', 'BESIDE', 1, 2);
    // @ts-expect-error the result type depends on it, so it must be a literal
    void cache.zrange('k', 0, -1, { withScores: Math.random() < 0.5 });
    // @ts-expect-error an option that does not exist
    void cache.set('k', 1, { ttl: 5 });
  });
});

describe('pipelines', () => {
  it('are tuples of what was queued', () => {
    const pipe = cache.pipeline();
    expectTypeOf(pipe).toEqualTypeOf<Pipeline>();
    const chained = pipe.set('a', 1).hget<User>('h', 'f').llen('l').zrange<string>('z', 0, 1, { withScores: true });
    expectTypeOf(chained.execute()).resolves.toEqualTypeOf<
      [boolean, User | undefined, number, [member: string, score: number][]]
    >();
    expectTypeOf(chained.execute({ throwOnError: false })).resolves.toEqualTypeOf<
      [
        boolean | CachexError,
        User | undefined | CachexError,
        number | CachexError,
        [member: string, score: number][] | CachexError,
      ]
    >();
  });

  it('give unknown[] in statement style, or what the caller names', () => {
    const pipe = cache.pipeline({ transaction: true });
    expectTypeOf(pipe.execute()).resolves.toEqualTypeOf<unknown[]>();
    expectTypeOf(pipe.execute<[number, string]>()).resolves.toEqualTypeOf<[number, string]>();
  });

  it('schemas: the answer is what they make', () => {
    const schema = z.object({ at: z.string().transform((text) => new Date(text)) });
    type Output = { at: Date };
    expectTypeOf(cache.get('k', { schema })).resolves.toEqualTypeOf<Output | undefined>();
    expectTypeOf(cache.get('k', { schema, default: null })).resolves.toEqualTypeOf<Output | null>();
    expectTypeOf(cache.getMany(['k'], { schema })).resolves.toEqualTypeOf<Map<string, Output>>();
    expectTypeOf(cache.hget('k', 'f', { schema })).resolves.toEqualTypeOf<Output | undefined>();
    expectTypeOf(cache.getOrSet('k', () => ({ at: 'now' }), { schema })).resolves.toEqualTypeOf<Output>();
    expectTypeOf(cache.getOrSet('k', async () => ({ at: 'now' }), { schema })).resolves.toEqualTypeOf<Output>();
    expectTypeOf(cache.getOrSet('k', { at: 'now' }, { schema })).resolves.toEqualTypeOf<Output>();
    expectTypeOf(cache.pipeline().get('k', { schema }).execute()).resolves.toEqualTypeOf<[Output | undefined]>();
    void cache.getOrSet('k', ({ staleValue }) => ({ at: staleValue?.at.toISOString() ?? 'now' }), { schema });
    // @ts-expect-error the stored value is the schema's input
    void cache.getOrSet('k', () => ({ at: 7 }), { schema });
    const ofValibot = v.object({ name: v.string() });
    expectTypeOf(cache.get('k', { schema: ofValibot })).resolves.toEqualTypeOf<{ name: string } | undefined>();
    const ofArktype = type({ name: 'string' });
    expectTypeOf(cache.get('k', { schema: ofArktype })).resolves.toEqualTypeOf<{ name: string } | undefined>();
    // @ts-expect-error not a schema
    void cache.get('k', { schema: { parse: () => 1 } });
  });
});

it('deferEvictions gives what its function gives', () => {
  expectTypeOf(cache.deferEvictions(async () => 7)).resolves.toEqualTypeOf<number>();
  expectTypeOf(cache.deferEvictions(() => undefined)).resolves.toEqualTypeOf<undefined>();
});
