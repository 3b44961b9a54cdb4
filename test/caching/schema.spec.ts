import { type } from 'arktype';
import { channel } from 'node:diagnostics_channel';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import {
  type CachexOptions,
  type CachexService,
  type EntryMessage,
  FactoryTimeoutError,
  SchemaError,
  type StandardSchema,
} from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { deferred } from './deferred.js';

/** The same schema in three libraries: text is stored, and callers get a date. */
const schemas: readonly (readonly [string, StandardSchema<{ at: string }, { at: Date }>])[] = [
  ['zod', z.object({ at: z.string().transform((text) => new Date(text)) })],
  [
    'valibot',
    v.object({
      at: v.pipe(
        v.string(),
        v.transform((text) => new Date(text)),
      ),
    }),
  ],
  ['arktype', type({ at: type('string').pipe((text) => new Date(text)) })],
  ['zod, asynchronous', z.object({ at: z.string().transform(async (text) => new Date(text)) })],
];
const stored = { at: '2026-11-29T00:00:00.000Z' };
const output = { at: new Date(stored.at) };

const throwing: StandardSchema = {
  '~standard': {
    version: 1,
    vendor: 'none',
    validate: () => {
      throw new Error('secret 4111');
    },
  },
};
const nonsense = { '~standard': { version: 1, vendor: 'none', validate: () => null } } as unknown as StandardSchema;

onEveryTopology((t) => {
  describe.each(schemas)('a schema of %s', (_, schema) => {
    it('transforms the results of all reads', async () => {
      await t.cache.set(t.key(), stored);
      await t.cache.hset(t.key('hash'), 'field', stored);
      expect(await t.cache.get(t.key(), { schema })).toEqual(output);
      expect(await t.cache.get(t.key(), { schema, stampede: { beta: 0 } })).toEqual(output);
      expect(await t.cache.getMany([t.key(), t.key('none')], { schema })).toEqual(new Map([[t.key(), output]]));
      expect(await t.cache.hget(t.key('hash'), 'field', { schema })).toEqual(output);
      expect(await t.cache.getOrSet(t.key(), () => ({ at: 'not called' }), { schema })).toEqual(output);
      expect(
        await t.cache.pipeline().get(t.key(), { schema }).hget(t.key('hash'), 'field', { schema }).execute(),
      ).toEqual([output, output]);
    });

    it.each([{}, { lock: true }, { grace: '1h' }, { tags: ['any'] }] as const)(
      'makes the same of a miss, for all who wait, and of the hit behind it, with %o',
      async (options) => {
        const factory = vi.fn<() => { at: string }>(() => stored);
        const all = await Promise.all([1, 2, 3].map(() => t.cache.getOrSet(t.key(), factory, { ...options, schema })));
        all.push(await t.cache.getOrSet(t.key(), factory, { ...options, schema }));
        expect(all).toEqual([output, output, output, output]);
        expect(factory).toHaveBeenCalledTimes(1);
        expect(await t.cache.get(t.key())).toEqual(stored);
      },
    );

    it('turns a value that does not match into a miss', async () => {
      const { mismatches, errors, misses, hits } = await t.cache.stats();
      await t.cache.set(t.key(), { at: 7 });
      await t.cache.hset(t.key('hash'), 'field', null);
      expect(await t.cache.get(t.key(), { schema, default: 'none' })).toBe('none');
      expect(await t.cache.getMany([t.key()], { schema })).toEqual(new Map());
      expect(await t.cache.hget(t.key('hash'), 'field', { schema })).toBeUndefined();
      expect(await t.cache.getOrSet(t.key(), () => stored, { schema })).toEqual(output);
      expect(await t.cache.get(t.key())).toEqual(stored);
      expect(await t.cache.stats()).toMatchObject({
        mismatches: mismatches + 4,
        errors,
        misses: misses + 3,
        hits: hits + 1,
      });
    });

    it('refuses a factory’s value that does not match', async () => {
      const given = t.cache.getOrSet(t.key(), () => ({ at: 7 }) as unknown as { at: string }, { schema });
      await expect(given).rejects.toThrow(SchemaError);
      await expect(given).rejects.toThrow(
        /^The value from the factory of .+ does not match the schema at at: it is not stored\. See /,
      );
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });
  });

  it.each([
    ['throws', throwing],
    ['gives nonsense', nonsense],
    ['rejects', { '~standard': { ...throwing['~standard'], validate: () => Promise.reject(new Error('secret')) } }],
  ])('a schema that %s matches nothing', async (_, schema: StandardSchema) => {
    await t.cache.set(t.key(), stored);
    expect(await t.cache.get(t.key(), { schema })).toBeUndefined();
    await expect(t.cache.getOrSet(t.key(), () => stored, { schema })).rejects.toThrow(SchemaError);
    expect(await t.cache.get(t.key())).toEqual(stored);
  });

  it('transforms a stale copy, or drops one that does not match', async () => {
    const [, schema] = schemas[0]!;
    const options = { timeout: '1h', grace: '1h', tags: [t.key('tag')], schema } as const;
    const fail = (): never => {
      throw new Error('the source is down');
    };
    await t.cache.getOrSet(t.key(), () => stored, options);
    await t.cache.invalidateTags([t.key('tag')]);
    const seen: unknown[] = [];
    const given = await t.cache.getOrSet(
      t.key(),
      ({ staleValue }) => {
        seen.push(staleValue);
        return fail();
      },
      options,
    );
    expect([given, ...seen]).toEqual([output, output]);
    const other = z.object({ other: z.string() });
    await expect(t.cache.getOrSet(t.key(), fail, { ...options, schema: other })).rejects.toThrow('source is down');
  });

  it('a waiter for another’s factory checks the value by its own schema', async () => {
    const value = deferred<{ at: string }>();
    const begun = deferred<void>();
    const first = t.cache.getOrSet(t.key(), () => {
      begun.resolve();
      return value.promise;
    });
    await begun.promise;
    const matching = t.cache.getOrSet(t.key(), () => stored, { schema: schemas[0]![1] });
    const other = t.cache.getOrSet(t.key(), () => ({ own: 1 }), { schema: z.object({ own: z.number() }) });
    await vi.waitFor(() => expect(t.cache['caching']['flights'].size).toBe(1));
    value.resolve(stored);
    expect(await Promise.all([first, matching, other])).toEqual([stored, output, { own: 1 }]);
  });

  it('who waits for another’s factory waits no longer for his own schema than he may', async () => {
    const value = deferred<object>();
    const begun = deferred<void>();
    const first = t.cache.getOrSet(t.key(), () => (begun.resolve(), value.promise));
    await begun.promise;
    const never: StandardSchema = {
      '~standard': { version: 1, vendor: 'own', validate: () => new Promise(() => undefined) },
    };
    const second = t.cache.getOrSet(t.key(), () => ({}), { schema: never, hardTimeout: '100ms' });
    const [flight] = t.cache['caching']['flights']['underWay'];
    await vi.waitFor(() => expect(flight!['isShared']).toBe(true));
    value.resolve(stored);
    await expect(second).rejects.toThrow(FactoryTimeoutError);
    expect(await first).toEqual(stored);
  });
});

describe('a schema', () => {
  async function open(options: CachexOptions = {}, logger = new QuietLogger('Cachex')): Promise<CachexService> {
    const cache = await openCache({ connection: 'memory://', ...options }, logger);
    onTestFinished(() => cache.close());
    return cache;
  }

  it.each([null, 1, 'schema', {}, { parse: () => 1 }, { '~standard': {} }])('is no %o', async (schema) => {
    const cache = await open();
    const options = { schema: schema as unknown as StandardSchema };
    await expect(cache.get('a', options)).rejects.toThrow(/^schema must be a Standard Schema/);
    await expect(cache.getMany(['a'], options)).rejects.toThrow(TypeError);
    await expect(cache.getOrSet('a', () => 1, options)).rejects.toThrow(TypeError);
    await expect(cache.hget('a', 'b', options)).rejects.toThrow(TypeError);
  });

  it('says where, but nothing of the value', async () => {
    const cache = await open({ traceKeys: true });
    const messages: EntryMessage[] = [];
    const hear = (message: unknown): void => void messages.push(message as EntryMessage);
    channel('nest-cachex:entry').subscribe(hear);
    onTestFinished(() => channel('nest-cachex:entry').unsubscribe(hear));
    const schema = type({ card: { number: 'string.date' } });
    await cache.set('user:1', { card: { number: '4111-1111' } });
    expect(await cache.get('user:1', { schema })).toBeUndefined();
    expect(messages).toMatchObject([
      { event: 'mismatch', key: 'user:1', error: { name: 'SchemaError', code: 'CACHEX_SCHEMA' } },
    ]);
    expect(messages[0]!.error!.message).toContain('"user:1" does not match its schema at card.number');
    const refused = await cache
      .getOrSet('user:1', () => ({ card: { number: '4111-1111' } }), { schema })
      .then(
        () => new Error('it was taken'),
        (error: Error) => error,
      );
    expect(JSON.stringify([messages, refused.message, refused.stack])).not.toContain('4111');
  });

  it('gives each reader of a local copy a separate result', async () => {
    const cache = await open({ tracking: true });
    const [, schema] = schemas[0]!;
    await cache.set('a', stored);
    const [one, other] = [await cache.get('a', { schema }), await cache.get('a', { schema })];
    expect([one, other]).toEqual([output, output]);
    expect(one).not.toBe(other);
  });

  it('also handles null, a negative answer', async () => {
    const cache = await open();
    const schema = z.object({ name: z.string() }).nullable();
    expect(await cache.getOrSet('a', () => null, { schema })).toBeNull();
    expect(await cache.getOrSet('a', () => ({ name: 'Ada' }), { schema })).toBeNull();
    const hiding = schema.transform((found) => found ?? undefined);
    const factory = vi.fn<() => null>(() => null);
    expect(await cache.getOrSet('a', factory, { schema: hiding })).toBeUndefined();
    expect(factory).not.toHaveBeenCalled();
  });

  it('may transform a value to undefined, on a miss as on a hit', async () => {
    const cache = await open();
    const hiding = z.object({ isHidden: z.boolean() }).transform((found) => (found.isHidden ? undefined : found));
    const [hidden, shown] = [{ isHidden: true }, { isHidden: false }];
    const factory = vi.fn<() => typeof hidden>(() => hidden);
    for (let round = 0; round < 2; round++) {
      expect(await cache.getOrSet('a', factory, { schema: hiding })).toBeUndefined();
      const load = (keys: string[]) => keys.map((key) => (key === 'b' ? hidden : shown));
      expect(await cache.getOrSetMany(['b', 'c'], load, { schema: hiding })).toEqual(new Map([['c', shown]]));
    }
    expect(factory).toHaveBeenCalledTimes(1);
    expect(await cache.get('b')).toEqual(hidden);
  });

  it('that never answers delays nobody for longer than hardTimeout', async () => {
    const cache = await open();
    const schema = z.number().refine(() => new Promise<boolean>(() => undefined));
    const options = { schema, hardTimeout: '50ms' } as const;
    await cache.set('hit', 1);
    const late = 'The schema of "hit" did not answer within 50 ms';
    await expect(cache.getOrSet('hit', () => 1, options)).rejects.toThrow(late);
    await expect(cache.getOrSetMany(['hit', 'b'], () => [1], options)).rejects.toThrow(late);
    await expect(cache.getOrSet('miss', () => 1, options)).rejects.toThrow(FactoryTimeoutError);
  });
});
