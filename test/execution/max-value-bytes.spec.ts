import { randomBytes } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { Injectable, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  Cacheable,
  CachePut,
  CachexModule,
  type CachexOptions,
  type CachexService,
  CachexService as Service,
  type EntryMessage,
  SerializerError,
} from '../../lib/index.js';
import { contract, onEveryTopology } from '../contract/contract.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';

const limit = 1000;
/** In MessagePack they take this many bytes, and a few more. */
const small = 'x'.repeat(limit - 10);
const large = 'x'.repeat(limit + 1);
/** So large that it is compressed off the event loop, and still large afterwards. */
const late = randomBytes(200_000).toString('base64');
const options: CachexOptions = { maxValueBytes: { refuse: limit }, compressor: 'zlib' };

contract((t) => {
  const withLimit = async <T>(call: () => Promise<T>): Promise<T> => {
    const codec = t.cache['executor']['codec'];
    const before = codec['limits'];
    (codec as unknown as Record<string, unknown>)['limits'] = { warn: Infinity, refuse: limit };
    try {
      return await call();
    } finally {
      (codec as unknown as Record<string, unknown>)['limits'] = before;
    }
  };

  it.each([large, late])('refuses longer values before anything is sent', async (value) => {
    await withLimit(async () => {
      for (const write of [
        () => t.on.set(t.key(), value),
        () => t.on.set(t.key(), value, { tags: ['any'] }),
        () => t.on.set(t.key(), value, { stampede: true }),
        () => t.on.add(t.key(), value),
        () => t.on.hset(t.key(), 'field', value),
        () => t.on.hset(t.key(), { field: value, other: 1 }),
        () => t.on.hsetnx(t.key(), 'field', value),
        () => t.on.setIfEqual(t.key(), value, 'before'),
      ]) {
        await expect(write()).rejects.toThrow(SerializerError);
      }
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });
  });

  it('names the key, the length and the limit', async () => {
    await withLimit(async () => {
      await expect(t.on.set('user:1', large)).rejects.toThrow(
        /^SET "user:1": the value takes 1004 bytes, and maxValueBytes refuses more than 1000\. See /,
      );
      await expect(t.on.set('user:1', late)).rejects.toThrow(/^SET "user:1": the value takes \d+ bytes/);
    });
  });

  it('accepts shorter values, elements, members and numbers', async () => {
    await withLimit(async () => {
      await t.on.set(t.key(), small);
      await t.on.rpush(t.key('list'), large);
      await t.on.sadd(t.key('set'), large);
      expect(await t.on.get(t.key())).toBe(small);
    });
  });
});

onEveryTopology(
  (t) => {
    it('refuses all of setMany, or nothing', async () => {
      await expect(t.cache.setMany({ [t.key('a')]: 1, [t.key('b')]: large })).rejects.toThrow(SerializerError);
      await expect(t.cache.setMany({ [t.key('a')]: 1, [t.key('b')]: late })).rejects.toThrow(/"\{\w+\}b"/);
      expect(await t.cache.getMany([t.key('a'), t.key('b')])).toEqual(new Map());
    });

    it.each([large, late])('getOrSet returns it to all waiters, and stores nothing', async (value) => {
      const factory = vi.fn<() => { value: string }>(() => ({ value }));
      const given = await Promise.all([1, 2, 3].map(() => t.cache.getOrSet(t.key(), factory)));
      expect(given).toEqual([{ value }, { value }, { value }]);
      expect(factory).toHaveBeenCalledTimes(1);
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });
  },
  { maxValueBytes: { refuse: limit } },
);

describe('maxValueBytes', () => {
  async function open(given: CachexOptions): Promise<{ cache: CachexService; logger: QuietLogger }> {
    const logger = new QuietLogger('Cachex');
    const cache = await openCache({ connection: 'memory://', ...given }, logger);
    onTestFinished(() => cache.close());
    return { cache, logger };
  }

  it('counts compressed bytes', async () => {
    const { cache } = await open(options);
    await cache.set('a', 'x'.repeat(100_000));
    await expect(cache.set('b', late)).rejects.toThrow(SerializerError);
    expect(await cache.keys()).toEqual(['a']);
  });

  it('warns once per kind of key, and stores the value', async () => {
    const { cache, logger } = await open({ maxValueBytes: { warn: limit } });
    for (const key of ['user:1', 'user:2', 'order:1']) await cache.set(key, large);
    await cache.set('other:1', small);
    await cache.hset('user:3', 'field', large);
    expect(logger.lines).toEqual([
      '"user:1" takes 1004 bytes, more than 1000 (logged once for "user:*")',
      '"order:1" takes 1004 bytes, more than 1000 (logged once for "order:*")',
    ]);
    expect(await cache.get('user:2')).toBe(large);
  });

  it('refuses above one limit and warns above the other', async () => {
    const { cache, logger } = await open({ maxValueBytes: { warn: limit, refuse: 2 * limit } });
    await cache.set('a:1', large);
    await expect(cache.set('b:1', large + large)).rejects.toThrow(SerializerError);
    expect(logger.lines).toHaveLength(1);
  });

  it('logs once per kind of key that getOrSet stores nothing', async () => {
    const { cache, logger } = await open({ maxValueBytes: { refuse: limit } });
    for (const key of ['user:1', 'user:1', 'user:2']) await cache.getOrSet(key, () => large);
    expect(logger.lines).toEqual([
      'Could not store the value of "user:1": the value takes 1004 bytes, and maxValueBytes refuses more than 1000 (logged once for "user:*")',
    ]);
  });

  it('is reported on the channel nest-cachex:entry', async () => {
    const messages: EntryMessage[] = [];
    const hear = (message: unknown): void => void messages.push(message as EntryMessage);
    channel('nest-cachex:entry').subscribe(hear);
    onTestFinished(() => channel('nest-cachex:entry').unsubscribe(hear));
    const { cache } = await open({ maxValueBytes: { warn: limit, refuse: 2 * limit }, traceKeys: true });
    await cache.set('a', large);
    await cache.set('a', large + large).catch(() => undefined);
    expect(messages).toEqual([
      { cache: 'default', event: 'large', key: 'a', bytes: 1004 },
      { cache: 'default', event: 'refused', key: 'a', bytes: 2005 },
    ]);
  });

  it('a method with a decorator returns its result, uncached', async () => {
    @Injectable()
    class Reports {
      @Cacheable({ key: 'report:{0}' })
      async report(_id: string): Promise<string> {
        return large;
      }

      @CachePut({ key: 'report:{0}' })
      async save(_id: string): Promise<string> {
        return large;
      }
    }
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    onTestFinished(() => warn.mockRestore());
    const module = await Test.createTestingModule({
      imports: [CachexModule.forRoot({ connection: 'memory://', maxValueBytes: { refuse: limit } })],
      providers: [Reports],
    }).compile();
    await module.init();
    onTestFinished(() => module.close());
    expect(await module.get(Reports).report('1')).toBe(large);
    expect(await module.get(Reports).save('1')).toBe(large);
    expect(await module.get(Service).keys()).toEqual([]);
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringContaining('maxValueBytes refuses'),
      expect.stringContaining('maxValueBytes refuses'),
    ]);
  });
});
