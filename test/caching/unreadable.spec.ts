import { channel } from 'node:diagnostics_channel';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  type CachexOptions,
  type CachexService,
  CompressorError,
  type EntryMessage,
  SerializerError,
  WrongTypeError,
} from '../../lib/index.js';
import { StrictCache } from '../../lib/views/strict-cache.js';
import { onEveryTopology } from '../contract/contract.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { raw } from '../raw.js';
import { deferred } from './deferred.js';

/** Data that nobody can read here: damaged MessagePack, bytes compressed by lz4, and the mark of another version. */
const unreadable: Record<string, Buffer> = {
  'of another serializer': Buffer.from([0xd9]),
  'of another compressor': Buffer.from([0xc1, 0x13, 1, 2, 3]),
  'of another version': Buffer.from([0xc1, 0x7f, 1, 2, 3]),
  'a damaged envelope': Buffer.from([0xc1, 0x02, 0x7b]),
  'an envelope around damage': Buffer.from('\u00c1\u0002{"grace":0}\n\u00d9', 'latin1'),
  nothing: Buffer.alloc(0),
};

onEveryTopology((t) => {
  const put = (bytes: Buffer): Promise<unknown> => raw(t.cache, 'SET', t.cache.makeKey(t.key()), bytes);

  describe.each(Object.entries(unreadable))('an entry that is %s', (_, bytes) => {
    it.each([{}, { lock: true }, { grace: '1h' }, { stampede: true }, { tags: ['any'] }] as const)(
      'is made anew by getOrSet with %o, for all who come',
      async (options) => {
        await put(bytes);
        const { unreadable: before, errors } = await t.cache.stats();
        const given = await Promise.all([1, 2].map(() => t.cache.getOrSet(t.key(), () => ({ made: 1 }), options)));
        expect(given).toEqual([{ made: 1 }, { made: 1 }]);
        expect(await t.cache.get(t.key(), { stampede: false })).toEqual({ made: 1 });
        const { unreadable: after, errors: failed } = await t.cache.stats();
        expect(after).toBeGreaterThan(before);
        expect(failed).toBe(errors);
      },
    );

    it('is reloaded by getOrSetMany, with the missing ones', async () => {
      await put(bytes);
      await t.cache.set(t.key('hit'), 'hit');
      const asked: string[][] = [];
      const given = await t.cache.getOrSetMany([t.key(), t.key('hit'), t.key('miss')], (missing) => {
        asked.push([...missing]);
        return missing.map(() => 'made');
      });
      expect([...given.values()]).toEqual(['made', 'hit', 'made']);
      expect(asked).toEqual([[t.key(), t.key('miss')]]);
      expect(await t.cache.get(t.key())).toBe('made');
    });

    it('is an error for get, which counts it', async () => {
      await put(bytes);
      const { unreadable: before } = await t.cache.stats();
      await expect(t.cache.get(t.key())).rejects.toSatisfy(
        (error) => error instanceof SerializerError || error instanceof CompressorError,
      );
      expect((await t.cache.stats()).unreadable).toBe(before + 1);
    });
  });

  it('an entry that is deleted during its reload stays deleted', async () => {
    await put(Buffer.from([0xd9]));
    const [begun, value] = [deferred<void>(), deferred<string>()];
    const given = t.cache.getOrSet(t.key(), () => {
      begun.resolve();
      return value.promise;
    });
    await begun.promise;
    await t.cache.delete(t.key());
    value.resolve('old');
    expect(await given).toBe('old');
    expect(await t.cache.get(t.key())).toBeUndefined();
  });

  it('a key of another type is not unreadable: nobody wants to replace a list by an entry', async () => {
    await t.cache.rpush(t.key(), 'job');
    await expect(t.cache.getOrSet(t.key(), () => 1)).rejects.toThrow(WrongTypeError);
    expect(await t.cache.lrange(t.key(), 0, -1)).toEqual(['job']);
  });
});

describe('what is unreadable', () => {
  let logger: QuietLogger;
  beforeEach(() => {
    logger = new QuietLogger('Cachex');
  });

  async function open(options: CachexOptions = {}): Promise<CachexService> {
    const cache = await openCache({ connection: 'memory://', ...options }, logger);
    onTestFinished(() => cache.close());
    return cache;
  }
  const spoil = (cache: CachexService, key: string): Promise<unknown> =>
    raw(cache, 'SET', cache.makeKey(key), Buffer.from([0xd9]));

  it('are logged once per kind of key, with instructions', async () => {
    const cache = await open();
    for (const key of ['user:1', 'user:2', 'user:1:name', 'order:1']) {
      await spoil(cache, key);
      await cache.getOrSet(key, () => 1);
    }
    expect(logger.lines).toEqual([
      expect.stringMatching(
        /^"user:1" counts as missing: .*add the serializer that wrote them.*\(logged once for "user:\*"\)$/,
      ),
      expect.stringMatching(/^"order:1" counts as missing/),
    ]);
  });

  it('are logged only for a limited number of kinds', async () => {
    const cache = await open();
    for (let id = 0; id < 150; id++) {
      await spoil(cache, `key${id}`);
      await cache.getOrSet(`key${id}`, () => 1);
    }
    expect(logger.lines).toHaveLength(100);
    expect((await cache.stats()).unreadable).toBe(150);
  });

  it('are misses for get under ignoreExceptions, and reported', async () => {
    const cache = await open({ ignoreExceptions: true });
    await spoil(cache, 'user:1');
    expect(await cache.get('user:1')).toBeUndefined();
    expect(logger.lines).toHaveLength(1);
    expect(await cache.stats()).toMatchObject({ misses: 1, unreadable: 1 });
  });

  it('are errors even under ignoreExceptions for calls that must not treat them as misses', async () => {
    const cache = await open({ ignoreExceptions: true });
    await spoil(cache, 'session:1');
    await raw(cache, 'HSET', cache.makeKey('hash'), 'field', Buffer.from([0xd9]));
    const strict = StrictCache.of(cache);
    await expect(strict.get('session:1')).rejects.toThrow(SerializerError);
    await expect(strict.hget('hash', 'field')).rejects.toThrow(SerializerError);
    await expect(strict.getMany(['session:1'])).rejects.toThrow(SerializerError);
    expect(await cache.getMany(['session:1'])).toEqual(new Map());
    expect(await cache.hget('hash', 'field')).toBeUndefined();
  });

  it('are a local copy once, and no longer after a reload', async () => {
    const cache = await open({ tracking: true });
    await spoil(cache, 'user:1');
    expect(await cache.getOrSet('user:1', () => 1)).toBe(1);
    expect(await cache.getOrSet('user:1', () => 2)).toBe(1);
  });

  it.each([
    [false, { cache: 'default', event: 'unreadable', error: { message: 'unreadable' } }],
    [true, { key: 'user:1', error: { message: expect.stringContaining('cannot be read') } }],
  ])('is told on the channel nest-cachex:entry, with traceKeys %s', async (traceKeys, expected) => {
    const messages: EntryMessage[] = [];
    const hear = (message: unknown): void => void messages.push(message as EntryMessage);
    channel('nest-cachex:entry').subscribe(hear);
    onTestFinished(() => channel('nest-cachex:entry').unsubscribe(hear));
    const cache = await open({ traceKeys });
    await spoil(cache, 'user:1');
    await cache.getOrSet('user:1', () => 1);
    expect(messages).toMatchObject([expected]);
    expect('key' in messages[0]!).toBe(traceKeys);
  });
});
