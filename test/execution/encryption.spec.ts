import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import {
  type CachexOptions,
  type CachexService,
  EncryptionError,
  KeyNotFoundError,
  NotSupportedError,
  resolveOptions,
} from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { contract, onEveryTopology } from '../contract/contract.js';
import { topologies } from '../contract/topologies.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { raw } from '../raw.js';
import { sentArguments } from './sent-arguments.js';

const first = { id: 'first', key: randomBytes(32) };
const second = { id: 'second', key: randomBytes(32).toString('base64') };
const encryption = { keys: [first] };
const secret = { card: '4111-1111-1111-1111', at: new Date(0), list: [1, null, 'x'.repeat(50)] };
const large = { text: 'secret '.repeat(20_000), random: randomBytes(100_000).toString('base64') };

contract(
  (t) => {
    it.each<[string, unknown]>([
      ['an object', secret],
      ['a large object', large],
      ['text', 'text'],
      ['text of digits', '42'],
      ['true', true],
      ['null', null],
      ['an empty list', []],
      ['a map', new Map([[1, 2]])],
    ])('gives back %s', async (_, value) => {
      await t.on.set(t.key(), value);
      expect(await t.on.get(t.key())).toEqual(value);
      await t.on.set(t.key('tagged'), value, { tags: [t.key('tag')] });
      expect(await t.on.get(t.key('tagged'))).toEqual(value);
      await t.on.hset(t.key('hash'), { a: value, b: 7 });
      expect(await t.on.hget(t.key('hash'), 'a')).toEqual(value);
      expect(await t.on.hmget(t.key('hash'), 'a', 'b', 'c')).toEqual([value, 7, undefined]);
      expect(await t.on.hgetall(t.key('hash'))).toEqual(
        new Map<string, unknown>([
          ['a', value],
          ['b', 7],
        ]),
      );
      const values = await t.on.hvals(t.key('hash'));
      expect(values).toHaveLength(2);
      expect(values).toEqual(expect.arrayContaining([value, 7]));
      expect((await t.on.hscan(t.key('hash'), 0)).fields.get('a')).toEqual(value);
      expect(new Map(await t.on.hrandfield(t.key('hash'), 2, { withValues: true })).get('a')).toEqual(value);
      expect(await t.on.getdel(t.key())).toEqual(value);
    });

    it('shows nothing of it to the server', async () => {
      await t.on.set(t.key(), secret, { tags: [t.key('tag')] });
      await t.on.hset(t.key('hash'), 'card', secret.card);
      const entry = await raw(t.cache, 'GET', t.cache.makeKey(t.key()));
      const field = await raw(t.cache, 'HGET', t.cache.makeKey(t.key('hash')), 'card');
      expect(`${String(entry)}${String(field)}`).not.toContain('4111');
    });

    it('leaves to the server what it must count, compare and sort', async () => {
      await t.on.set(t.key(), 5);
      expect(await t.on.incr(t.key())).toBe(6);
      await t.on.rpush(t.key('list'), 'a');
      await t.on.sadd(t.key('set'), 'a');
      expect(await t.on.sismember(t.key('set'), 'a')).toBe(true);
      expect(await t.on.lrange(t.key('list'), 0, -1)).toEqual(['a']);
      await t.on.set(t.key('text'), 'ab', { raw: true });
      expect(await t.on.append(t.key('text'), 'c')).toBe(3);
      expect(await t.on.get(t.key('text'), { raw: true })).toBe('abc');
    });

    it('compares values, whatever their bytes', async () => {
      await t.on.set(t.key(), { a: 1, b: 2 });
      expect(await t.on.setIfEqual(t.key(), 'next', { b: 3, a: 1 })).toBe(false);
      expect(await t.on.setIfEqual(t.key(), 'next', { b: 2, a: 1 })).toBe(true);
      expect(await t.on.deleteIfEqual(t.key(), 'other')).toBe(false);
      expect(await t.on.deleteIfEqual(t.key(), 'next')).toBe(true);
    });

    it('keeps everything else: time to live, conditions, the previous value', async () => {
      expect(await t.on.set(t.key(), 'a', { nx: true, timeout: 100 })).toBe(true);
      expect(await t.on.set(t.key(), 'b', { nx: true })).toBe(false);
      expect(await t.on.set(t.key(), 'b', { xx: true, get: true, keepTtl: true })).toBe('a');
      expect(await t.on.ttl(t.key())).toBeGreaterThan(90);
      expect(await t.on.getex(t.key(), 50)).toBe('b');
      expect(await t.on.add(t.key('free'), secret)).toBe(true);
    });
  },
  { encryption },
);

onEveryTopology(
  (t) => {
    it('a value that was moved to another key cannot be read there', async () => {
      await t.cache.setMany({ [t.key('a')]: secret, [t.key('b')]: 1 });
      const [from, to] = [t.cache.makeKey(t.key('a')), t.cache.makeKey(t.key('b'))];
      await raw(t.cache, 'COPY', from, to, 'REPLACE');
      await expect(t.cache.get(t.key('b'))).rejects.toThrow(EncryptionError);
      await expect(t.cache.getMany([t.key('a'), t.key('b')])).rejects.toThrow(EncryptionError);
      expect(await t.cache.getOrSet(t.key('b'), () => 'anew')).toBe('anew');
      expect(await t.cache.get(t.key('b'))).toBe('anew');
    });

    it('many are read and computed at once', async () => {
      const keys = [t.key('a'), t.key('b')];
      const load = vi.fn((missing: readonly string[]) => missing.map(() => secret));
      for (let round = 0; round < 2; round++) {
        expect([...(await t.cache.getOrSetMany(keys, load)).values()]).toEqual([secret, secret]);
      }
      expect(load).toHaveBeenCalledTimes(1);
      expect(String(await raw(t.cache, 'GET', t.cache.makeKey(keys[0]!)))).not.toContain('4111');
    });

    it('a value that is not encrypted is refused', async () => {
      await raw(t.cache, 'SET', t.cache.makeKey(t.key()), Buffer.from([0xa1, 0x61]));
      await expect(t.cache.get(t.key())).rejects.toThrow(/not encrypted: delete the key, or set encryption.readPlain/);
      expect(await t.cache.getOrSet(t.key(), () => 'anew')).toBe('anew');
    });

    type Move = (source: string, destination: string) => Promise<unknown>;
    type Moved = (source: string, destination: string) => Parameters<CachexService['lrange']>;
    const atDestination: Moved = (_, b) => [b, 0, -1];

    it.each<[string, Move, Moved]>([
      ['rename', (a, b) => t.cache.rename(a, b), atDestination],
      ['renamenx', (a, b) => t.cache.renamenx(a, b), atDestination],
      ['copy', (a, b) => t.cache.copy(a, b), atDestination],
      ['incrVersion', (a) => t.cache.incrVersion(a), (a) => [a, 0, -1, { version: 2 }]],
    ])('%s refuses what could not be read afterwards, and moves the rest', async (_, move, moved) => {
      const [a, b] = [t.key('a'), t.key('b')];
      const puts = {
        entry: () => t.cache.set(a, secret),
        'an entry with tags': () => t.cache.set(a, secret, { tags: [t.key('tag')] }),
        hash: () => t.cache.hset(a, 'field', 1),
      };
      for (const put of Object.values(puts)) {
        await put();
        await expect(move(a, b)).rejects.toThrow(NotSupportedError);
        expect(await t.cache.hasKey(a)).toBe(true);
        await t.cache.delete(a);
      }
      await t.cache.rpush(a, 'element');
      await move(a, b);
      expect(await t.cache.lrange(...moved(a, b))).toEqual(['element']);
      await t.cache.deleteMany([a], { version: 2 });
    });

    it('a missing value is missing', async () => {
      await expect(t.cache.rename(t.key('a'), t.key('b'))).rejects.toThrow(KeyNotFoundError);
      await expect(t.cache.incrVersion(t.key('a'))).rejects.toThrow(KeyNotFoundError);
      expect(await t.cache.copy(t.key('a'), t.key('b'))).toBe(false);
    });

    it('a pipeline moves nothing, because it cannot check', () => {
      expect(() => t.cache.pipeline().rename(t.key('a'), t.key('b'))).toThrow(NotSupportedError);
      expect(() => t.cache.pipeline().copy(t.key('a'), t.key('b'))).toThrow(/call it on the service/);
    });

    it('deletions win over loads under way, and several callers share one', async () => {
      const [begun, value] = [deferred<void>(), deferred<object>()];
      const factory = vi.fn<() => Promise<object>>(() => {
        begun.resolve();
        return value.promise;
      });
      await t.cache.set(t.key(), secret, { tags: [t.key('tag')] });
      await t.cache.invalidateTags([t.key('tag')]);
      const given = [1, 2].map(() => t.cache.getOrSet(t.key(), factory, { grace: '1h', tags: [t.key('tag')] }));
      await begun.promise;
      await t.cache.delete(t.key());
      value.resolve({ made: 1 });
      expect(await Promise.all(given)).toEqual([{ made: 1 }, { made: 1 }]);
      expect(await t.cache.getOrSet(t.key(), () => secret, { timeout: '1h' })).toEqual(secret);
      expect(await t.cache.getOrSet(t.key(), () => 'other')).toEqual(secret);
    });
  },
  { encryption },
);

describe.each(topologies.map(({ name }) => name))('on %s', (topology) => {
  const prefix = randomBytes(8).toString('hex');
  async function open(options: CachexOptions = {}): Promise<CachexService> {
    const connection = inject('connections')[topology]!;
    const cache = await openCache({ connection, keyPrefix: prefix, ...options }, new QuietLogger('Cachex'));
    onTestFinished(() => cache.close());
    return cache;
  }

  it('keys are rotated while everybody reads and writes', async () => {
    const [before, between, after] = [
      await open({ encryption: { keys: [first] } }),
      await open({ encryption: { keys: [second, first] } }),
      await open({ encryption: { keys: [second] } }),
    ];
    const keys = Array.from({ length: 50 }, (_, id) => `user:${id}`);
    await before.setMany(Object.fromEntries(keys.map((key) => [key, { key }])));
    for (let round = 0; round < 10; round++) {
      const read = await Promise.all(
        keys.map(async (key, id) => {
          if (id % 10 === round) await between.set(key, { key });
          return between.get(key);
        }),
      );
      expect(read).toEqual(keys.map((key) => ({ key })));
    }
    expect((await after.getMany(keys)).size).toBe(50);
    expect(await after.stats()).toMatchObject({ hits: 50, unreadable: 0 });
    await expect(before.get('user:1')).rejects.toThrow(
      /encrypted with the key "second", which is not in encryption.keys/,
    );
    expect(await before.getOrSet('user:1', () => 'anew')).toBe('anew');
    await between.clear();
  });

  it('a cache without keys reports what is missing', async () => {
    await (await open({ encryption })).set('a', secret);
    const other = await open();
    await expect(other.get('a')).rejects.toThrow(/are encrypted/);
    expect(await other.getOrSet('a', () => 1)).toBe(1);
    await other.clear();
  });

  it('a cache is moved to encryption with readPlain', async () => {
    await (await open()).set('a', secret);
    const reading = await open({ encryption: { ...encryption, readPlain: true } });
    expect(await reading.get('a')).toEqual(secret);
    await reading.set('a', secret);
    expect(await (await open({ encryption })).get('a')).toEqual(secret);
    await reading.clear();
  });

  it('local copies are decrypted once, and dropped when the value changes', async () => {
    const tracked = await open({ encryption, tracking: { coherence: 'ttl', timeout: '1m' } });
    await tracked.set('a', secret);
    for (let round = 0; round < 3; round++) expect(await tracked.get('a')).toEqual(secret);
    await tracked.set('a', 'other');
    expect(await tracked.get('a')).toBe('other');
    await tracked.clear();
  });

  it('compared values, and answers kept for a request, leave the process encrypted', async () => {
    const cache = await openCache({ connection: 'memory://', encryption, maxValueBytes: { refuse: 500 } });
    onTestFinished(() => cache.close());
    const sent = sentArguments(cache);
    await cache.set('card', secret);
    expect(await cache.setIfEqual('card', 'next', { ...secret, list: ['x'.repeat(1000)] })).toBe(false);
    expect(await cache.setIfEqual('card', secret, { ...secret })).toBe(true);
    expect(
      await cache
        .pipeline()
        .setIfEqual('card', secret, { ...secret })
        .execute(),
    ).toEqual([true]);
    expect(await cache.deleteIfEqual('card', secret)).toBe(true);
    const { kept } = cache.idempotency('order', { timeout: '1m' });
    expect(await kept.keep({ body: secret, rest: 'x'.repeat(1000) }, 60_000)).toBe(true);
    expect(await kept.read()).toMatchObject({ body: secret });
    expect(sent.length).toBeGreaterThan(6);
    expect(sent.join()).not.toContain('4111');
  });

  it('values are compressed before they are encrypted', async () => {
    const cache = await open({ encryption, compressor: 'zlib' });
    await cache.set('a', { text: 'x'.repeat(100_000) });
    expect(Number(await raw(cache, 'STRLEN', cache.makeKey('a')))).toBeLessThan(1000);
    expect(await cache.get('a')).toEqual({ text: 'x'.repeat(100_000) });
    await cache.clear();
  });
});

describe('encrypted bytes', () => {
  it('are refused after any change, and any truncation', async () => {
    const cache = await openCache({ connection: 'memory://', encryption }, new QuietLogger('Cachex'));
    onTestFinished(() => cache.close());
    const wire = cache.makeKey('a');
    await cache.set('a', secret);
    const sealed = (await cache['executor'].pool.send({ name: 'GET', args: [wire], access: 'read' })) as Buffer;
    const tampered = [
      ...Array.from(sealed, (_, at) => Buffer.from(sealed.map((byte, index) => (index === at ? byte ^ 1 : byte)))),
      ...Array.from(sealed, (_, length) => sealed.subarray(0, length)),
    ];
    for (const bytes of tampered) {
      await raw(cache, 'SET', wire, bytes);
      await expect(cache.get('a')).rejects.toThrow(EncryptionError);
    }
    expect((await cache.stats()).unreadable).toBe(tampered.length);
  });
});

describe('the option encryption', () => {
  const problems = (keys: unknown): string => {
    try {
      resolveOptions({ encryption: { keys } } as CachexOptions);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each([
    randomBytes(32),
    new Uint8Array(32),
    randomBytes(32).toString('hex'),
    randomBytes(32).toString('hex').toUpperCase(),
    randomBytes(32).toString('base64'),
    randomBytes(32).toString('base64url'),
  ])('takes the key %o', (key) => {
    expect(problems([{ id: 'a', key }])).toBe('');
  });

  it.each<[unknown, string]>([
    [undefined, 'encryption.keys must be a list of { id, key }'],
    [[], 'encryption.keys must be a list of { id, key }'],
    [['secret-key'], 'encryption.keys.0 must be an object'],
    [[{ id: 'a', key: 'secret-key' }], 'encryption.keys.0.key must be 32 bytes'],
    [[{ id: 'a', key: randomBytes(16) }], 'encryption.keys.0.key must be 32 bytes'],
    [[{ id: 'a', key: 'secret-key'.repeat(5) }], 'encryption.keys.0.key must be 32 bytes'],
    [[{ id: '', key: randomBytes(32) }], "encryption.keys.0.id must be 1 to 64 letters, digits, '_', '.' or '-'"],
    [[{ id: 'a:b', key: randomBytes(32) }], 'encryption.keys.0.id must be'],
    [[first, { ...first, key: randomBytes(32) }], 'encryption.keys.1.id must not be that of another key'],
    [[{ ...first, secret: 1 }], 'encryption.keys.0.secret should not exist'],
  ])('refuses %o', (keys, problem) => {
    expect(problems(keys)).toContain(problem);
    expect(problems(keys)).not.toContain('secret-key');
  });

  it('never shows its keys', async () => {
    const key = randomBytes(32).toString('base64');
    const logger = new QuietLogger('Cachex');
    const options: CachexOptions = { encryption: { keys: [{ id: 'a', key }] } };
    const cache = await openCache(options, logger);
    onTestFinished(() => cache.close());
    await raw(cache, 'SET', cache.makeKey('a'), Buffer.from([0xc1, 3, 1, 0x61, 7]));
    const error = await cache.get('a').catch((thrown: Error) => thrown);
    await cache.getOrSet('a', () => 1);
    const shown = inspect([resolveOptions(options), cache, error, await cache.stats(), logger.lines, new Logger()], {
      depth: 20,
      showHidden: true,
    });
    expect(shown + JSON.stringify([resolveOptions(options), cache.pipeline()])).not.toContain(key.slice(0, 20));
    expect(shown).not.toContain(Buffer.from(key, 'base64').toString('hex').slice(0, 20));
    expect(shown).not.toContain(inspect(Buffer.from(key, 'base64')).slice(8, 40));
  });
});
