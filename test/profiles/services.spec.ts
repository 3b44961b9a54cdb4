import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { serverState } from '../../lib/health/server-state.js';
import { type CachexService, CrossSlotError, PipelineError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { copiesOf } from '../tracking/tracked.js';
import { profiles } from './profiles.js';

describe.each(profiles)('behind $name', ({ name, isSlotted = false, untold }) => {
  const keys = Array.from({ length: 50 }, (_, index) => `key:${index}`);
  const logger = new QuietLogger('Cachex');
  let cache: CachexService;

  beforeAll(async () => {
    cache = await openCache({ connection: inject('connections')[name]!, keyPrefix: randomUUID() }, logger);
  });
  afterAll(async () => {
    await cache.clear();
    await cache.close();
  });

  it('keys of any slots are written, read and deleted together', async () => {
    await cache.setMany(keys.map((key) => [key, key] as const));
    expect([...(await cache.getMany(keys)).values()]).toEqual(keys);
    const pipeline = cache.pipeline();
    for (const key of keys) pipeline.get(key);
    expect(await pipeline.execute()).toEqual(keys);
    expect((await cache.keys('key:*')).toSorted()).toEqual(keys.toSorted());
    expect(await cache.deleteMany(keys)).toBe(keys.length);
  });

  it('thousands of keys go in one call', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => [`many:${index}`, index] as const);
    await cache.setMany(many, { timeout: '1m' });
    expect((await cache.getMany(many.map(([key]) => key))).size).toBe(many.length);
    expect(await cache.deletePattern('many:*')).toBe(many.length);
  });

  it('what getOrSetMany has made is stored, whatever the slots', async () => {
    const made = new Map(keys.map((key) => [`made:${key}`, key]));
    for (let round = 0; round < 2; round++) {
      await cache.deleteMany([...made.keys()]);
      expect(await cache.getOrSetMany([...made.keys()], () => made)).toEqual(made);
      expect(await cache.getMany([...made.keys()])).toEqual(made);
    }
  });

  it('tags of any slots make entries unreadable', async () => {
    const make = (): Promise<string> => cache.getOrSet('tagged', () => randomUUID(), { tags: keys, lock: true });
    const first = await make();
    expect(await make()).toBe(first);
    await cache.set('other', 1, { tags: ['key:1'] });
    await cache.invalidateTags(['key:1', 'key:2']);
    expect(await make()).not.toBe(first);
    expect(await cache.get('other')).toBeUndefined();
  });

  it('an entry moves to another version, with its time to live', async () => {
    await cache.set('moves', 'value', '1m');
    await cache.incrVersion('moves');
    expect(await cache.get('moves')).toBeUndefined();
    expect(await cache.get('moves', { version: 2 })).toBe('value');
    expect(await cache.ttl('moves', { version: 2 })).toBeGreaterThan(50);
  });

  it('a command that needs one slot says so', async () => {
    await cache.set('from', 1);
    const calls = [cache.rename('from', 'to'), cache.pipeline({ transaction: true }).get('a').get('b').execute()];
    const outcomes = await Promise.allSettled(calls);
    for (const outcome of outcomes) {
      const error = outcome.status === 'rejected' ? (outcome.reason as Error) : undefined;
      const cause = error instanceof PipelineError ? error.cause : error;
      expect(cause instanceof CrossSlotError).toBe(isSlotted);
    }
  });

  it('health reports what the user may read', async () => {
    expect(await serverState(cache['executor'].pool)).toMatchObject({ pingMs: expect.any(Number) });
  });

  it('local copies are dropped as soon as a key changes, or the log says once that there are none', async () => {
    const log = new QuietLogger('Cachex');
    const { keyPrefix } = cache.toJSON();
    const tracking = await openCache({ connection: inject('connections')[name]!, keyPrefix, tracking: true }, log);
    for (let n = 0; n < 5; n++) {
      await cache.set('tracked', n);
      await expect.poll(() => tracking.get('tracked'), { interval: 1 }).toBe(n);
    }
    await expect.poll(() => copiesOf(tracking).isActive).toBe(!untold);
    expect(log.lines).toHaveLength(untold ? 1 : 0);
    expect(log.lines.join()).toMatch(untold ? new RegExp(`^Local copies are off.*${untold}`) : '');
    await tracking.close();
  });

  it('nothing was logged about successes', () => {
    expect(logger.lines).toEqual([]);
  });
});
