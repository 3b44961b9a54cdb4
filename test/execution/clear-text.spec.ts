import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CachexOptions, type CachexService, fullEncodePre } from '../../lib/index.js';
import { CachexPubSub } from '../../lib/graphql/index.js';
import { CachexKeyv } from '../../lib/keyv/index.js';
import { CachexSessionStore } from '../../lib/session/index.js';
import { CachexThrottlerStorage } from '../../lib/throttler/index.js';
import { QueryResults } from '../../lib/views/query-results.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { sentArguments } from './sent-arguments.js';

const encryption = { keys: [{ id: 'first', key: randomBytes(32) }] };
const text = '4111-1111';
const secret = { card: text };

type Call = (cache: CachexService) => Promise<unknown>;

/** Arguments that leave the process encrypted, according to docs/encryption.md. */
const encrypted: Record<string, Call> = {
  set: (cache) => cache.set('k', secret, { tags: ['t'], stampede: true }),
  add: (cache) => cache.add('k', secret),
  setMany: (cache) => cache.setMany({ a: secret, b: text }, { tags: ['t'] }),
  'set in a pipeline': (cache) => cache.pipeline({ transaction: true }).set('k', secret).hset('h', 'f', text).execute(),
  'getOrSet, with grace, and a refresh': async (cache) => {
    const options = { grace: '1h', timeout: '1h', tags: ['t'] } as const;
    await cache.getOrSet('k', () => secret, options);
    await cache.invalidateTags(['t']);
    await cache.getOrSet('k', () => secret, options);
  },
  'getOrSetMany, with a lock': (cache) =>
    cache.getOrSetMany(['a', 'b'], (keys) => keys.map(() => secret), { lock: true }),
  'setIfEqual, deleteIfEqual': async (cache) => {
    await cache.set('k', secret);
    await cache.setIfEqual('k', { ...secret, b: 1 }, secret);
    await cache.deleteIfEqual('k', { ...secret, b: 2 });
    await cache.pipeline().deleteIfEqual('k', secret).execute();
  },
  'fields of hashes': async (cache) => {
    await cache.hset('h', { a: secret, b: text });
    await cache.hsetnx('h', 'c', secret);
    await cache.hsetex('h', { d: secret }, '1m');
  },
  'an answer of @Idempotent': (cache) => cache.idempotency('id', {}).kept.keep({ body: secret }, 60_000),
  'nest-cachex/session': (cache) => {
    const store = new CachexSessionStore(cache);
    return promisify((done: (error?: unknown) => void) => store.set('sid', { cookie: {}, secret }, done))();
  },
  'nest-cachex/keyv': async (cache) => {
    const keyv = new CachexKeyv(cache);
    await keyv.set('k', { value: secret });
    await keyv.setMany([{ key: 'a', value: text }]);
  },
  'nest-cachex/typeorm, nest-cachex/drizzle': (cache) =>
    QueryResults.of(cache, 'orm').store('query', [secret], ['table'], 60_000),
};

/** Arguments that other programs or the server use: not encrypted, according to the same page. */
const clear: Record<string, Call> = {
  'members of sets': (cache) => cache.sadd('s', text),
  'members of sorted sets': (cache) => cache.zadd('z', { [text]: 1 }),
  'elements of lists': (cache) => cache.rpush('l', secret),
  'entries of streams': (cache) => cache.xadd('x', { card: text }),
  'messages of channels': (cache) => cache.publish('c', secret),
  'nest-cachex/graphql': (cache) => new CachexPubSub(cache).publish('c', secret),
  'text that the server works on': (cache) => cache.set('k', text, { raw: true }),
  'a number that stands alone': (cache) => cache.set('k', 41111111),
  'arguments of scripts': (cache) =>
    cache.evalScript(cache.registerScript('set', 'return 1', { preFunc: fullEncodePre }), ['k'], [secret]),
  'names of keys': (cache) => cache.set(text, 1),
  'names of fields': (cache) => cache.hset('h', text, 1),
  tags: (cache) => cache.set('k', 1, { tags: [text] }),
  'names of locks': (cache) => cache.lock(text, { blocking: false, timeout: '1m' }).acquire(),
  'names of read/write locks': (cache) => cache.rwLock(text, { blocking: false, timeout: '1m' }).write().acquire(),
  'who a rate limiter counts': (cache) => cache.rateLimiter('calls', { limit: 1, window: '1m' }).consume(text),
  'who @nestjs/throttler counts': (cache) => new CachexThrottlerStorage(cache).increment(text, 60_000, 1, 0, 'default'),
  'the id of a session': (cache) => {
    const store = new CachexSessionStore(cache);
    return promisify((done: (error?: unknown) => void) => store.set(text, { cookie: {} }, done))();
  },
  'the key of @Idempotent': (cache) => cache.idempotency(text, {}).kept.keep({ body: 1 }, 60_000),
  'the key of @OncePerFleet': (cache) => cache.claimInstant(text, 1_000_000, 1000, {}),
};

/** All bytes that the server has received, compressed or not. */
async function sentBy(call: Call, options: CachexOptions): Promise<string> {
  const cache = await openCache({ connection: 'memory://', encryption, ...options }, new QuietLogger('Cachex'));
  onTestFinished(() => cache.close());
  const sent = sentArguments(cache);
  await call(cache);
  const bytes = sent.join();
  expect(bytes).not.toBe('');
  return bytes;
}

describe.each<[string, CachexOptions]>([
  ['encryption alone', {}],
  ['a compressor under it', { compressor: 'zlib' }],
  ['JSON under it', { serializer: 'json' }],
  ['a scope around it', { scope: () => 'acme' }],
])('with encryption: %s', (_, options) => {
  it.each(Object.entries(encrypted))('%s shows nothing to the server', async (__, call) => {
    const bytes = await sentBy(call, options);
    expect(bytes).not.toMatch(/4111-1111|41111111|card/);
    expect(bytes).toContain('first');
  });

  it.each(Object.entries(clear))('%s is readable there', async (__, call) => {
    expect(await sentBy(call, options)).toMatch(/4111-?1111/);
  });
});
