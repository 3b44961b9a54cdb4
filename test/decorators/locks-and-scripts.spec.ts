import { Controller, Get, Injectable, Param } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import {
  Cacheable,
  CacheEvict,
  CachexLock,
  CachexSemaphore,
  ConnectionError,
  currentLock,
  decodeSinglePost,
  fullEncodePre,
  LockTimeoutError,
  luaCall,
  LuaScript,
  ScriptError,
  SemaphoreTimeoutError,
  WithLock,
  WithSemaphore,
} from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

/** The largest number of concurrent runs. */
class Gauge {
  now = 0;
  most = 0;
  async run(): Promise<void> {
    this.most = Math.max(this.most, ++this.now);
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.now--;
  }
}

@Injectable()
class Work {
  readonly gauge = new Gauge();

  @WithLock({ key: 'work:{0}' })
  async alone(_id: string): Promise<void> {
    await this.gauge.run();
  }

  @WithLock({ key: ['{{work}}:{0}', '{{work}}:{1}'] })
  async withTwo(_one: string, _other: string): Promise<void> {
    await this.gauge.run();
  }

  @WithLock({ key: (...ids: string[]) => ids.map((id) => `{work}:${id}`), blocking: false })
  async withAll(..._ids: string[]): Promise<unknown> {
    return currentLock();
  }

  @WithLock({ key: (id: string) => `work:${id}`, blocking: false })
  async orNot(_id: string): Promise<string> {
    return 'done';
  }

  @WithSemaphore({ key: 'slots', capacity: 3 })
  async limited(): Promise<void> {
    await this.gauge.run();
  }

  @WithSemaphore({ key: 'slots', capacity: 3, blockingTimeout: '20ms' })
  async soon(): Promise<string> {
    return 'done';
  }

  @WithLock({ key: 'outer' })
  async nested(): Promise<unknown[]> {
    return [currentLock(), await this.inner(), currentLock()];
  }

  @WithSemaphore({ key: 'inner', capacity: 1 })
  async inner(): Promise<unknown> {
    return currentLock();
  }
}

const start = async () => {
  const { module, cache } = await apps.module({ providers: [Work] });
  return { work: module.get(Work), cache };
};

describe('@WithLock', () => {
  it('takes several locks if its key is, or returns, a list', async () => {
    const { work, cache } = await start();
    await Promise.all([work.withTwo('a', 'b'), work.withTwo('b', 'c'), work.withTwo('c', 'b')]);
    expect(work.gauge.most).toBe(1);
    await cache.withLock('{work}:b', {}, async () => {
      await expect(work.withAll('a', 'b')).rejects.toThrow(LockTimeoutError);
      expect(await work.withAll('a', 'c')).toBeInstanceOf(CachexLock);
    });
    await expect(work.withAll()).rejects.toThrow('must have at least one');
    await expect(work.withAll(5 as never)).resolves.toBeInstanceOf(CachexLock);
  });

  it('lets one call run at a time, per key', async () => {
    const { work } = await start();
    await Promise.all(Array.from({ length: 5 }, () => work.alone('a')));
    expect(work.gauge.most).toBe(1);
    await Promise.all([work.alone('a'), work.alone('b')]);
    expect(work.gauge.most).toBe(2);
  });

  it('fails if the lock cannot be acquired in time, and frees it after the call', async () => {
    const { work, cache } = await start();
    const held = cache.lock('work:a');
    await held.acquire();
    await expect(work.orNot('a')).rejects.toThrow(LockTimeoutError);
    await held.release();
    expect(await work.orNot('a')).toBe('done');
    expect(await held.locked()).toBe(false);
  });

  it('provides its handle to any code below, whose signal reports its loss', async () => {
    @Injectable()
    class Report {
      @WithLock({ key: 'report', timeout: '200ms' })
      async write(): Promise<unknown> {
        const { signal, fencingToken } = currentLock()!;
        expect(fencingToken).toBeGreaterThan(0);
        await vi.waitUntil(async () => signal.aborted && !(await currentLock()!.locked()));
        return 'lost';
      }
    }
    const { module } = await apps.module({ providers: [Report] });
    await expect(module.get(Report).write()).rejects.toMatchObject({ code: 'CACHEX_LOCK_NOT_OWNED' });
    expect(currentLock()).toBeUndefined();
  });

  it('fails while Redis is away, even under ignoreExceptions; the method does not run', async () => {
    const { module } = await apps.module({ providers: [Work] }, { ignoreExceptions: true });
    const work = module.get(Work);
    await apps.server.kill();
    try {
      await expect(work.orNot('a')).rejects.toThrow(ConnectionError);
      expect(work.gauge.most).toBe(0);
    } finally {
      await apps.server.start();
    }
  });

  it('holds it around a handler', async () => {
    const gauge = new Gauge();
    @Controller()
    class Checkout {
      @Get('checkout/:id')
      @WithLock({ key: 'checkout:{params.id}' })
      async checkout(@Param('id') id: string): Promise<string> {
        await gauge.run();
        return `${id} ${currentLock() instanceof CachexLock}`;
      }
    }
    const { request } = await apps.http('express', { controllers: [Checkout] });
    const answers = await Promise.all([1, 1, 1].map((id) => request(`/checkout/${id}`)));
    expect(answers.map(({ text, cached }) => [text, cached])).toEqual(Array(3).fill(['1 true', null]));
    expect(gauge.most).toBe(1);
  });
});

describe('@WithSemaphore', () => {
  it('lets as many calls run as there is room for', async () => {
    const { work } = await start();
    await Promise.all(Array.from({ length: 9 }, () => work.limited()));
    expect(work.gauge.most).toBe(3);
  });

  it('fails if there is no room in time', async () => {
    const { work, cache } = await start();
    await cache.semaphore('slots', 3, { weight: 3 }).using(async () => {
      await expect(work.soon()).rejects.toThrow(SemaphoreTimeoutError);
    });
    expect(await work.soon()).toBe('done');
  });

  it('and a lock around it have separate handles', async () => {
    const { work } = await start();
    const [before, inside, after] = await work.nested();
    expect([before, inside, after].map((claim) => claim?.constructor)).toEqual([
      CachexLock,
      CachexSemaphore,
      CachexLock,
    ]);
    expect(after).toBe(before);
  });
});

describe('@LuaScript', () => {
  @Injectable()
  class Stock {
    @LuaScript({ name: 'take', script: `return redis.call('DECRBY', KEYS[1], ARGV[1])`, numKeys: 1 })
    async take(id: string, units: number): Promise<number> {
      return luaCall({ keys: [`stock:${id}`], args: [units] });
    }

    @LuaScript({
      name: 'swap',
      script: `return redis.call('SET', KEYS[1], ARGV[1], 'GET')`,
      preFunc: fullEncodePre,
      postFunc: decodeSinglePost<object>,
    })
    async swap(value: object): Promise<object | undefined> {
      return luaCall({ keys: ['slot'], args: [value] });
    }

    @LuaScript({ name: 'wrong', script: 'return 1' })
    async wrong(): Promise<number> {
      return 1;
    }

    @LuaScript({ name: 'time', script: 'return 1' })
    async nothing(): Promise<number> {
      return luaCall({});
    }

    @LuaScript({ name: 'time', script: 'return 1' })
    async oneKey(): Promise<number> {
      return luaCall({ keys: 'stock:1' as never });
    }
  }

  it('returns the script’s result for the keys and arguments of the method', async () => {
    const { module, cache } = await apps.module({ providers: [Stock] });
    const stock = module.get(Stock);
    await cache.set('stock:1', 10);
    expect([await stock.take('1', 3), await stock.take('1', 4)]).toEqual([7, 3]);
    expect(await cache.get('stock:1')).toBe(3);
    expect([await stock.swap({ a: 1 }), await stock.swap({ a: 2 })]).toEqual([undefined, { a: 1 }]);
    expect(await stock.nothing()).toBe(1);
  });

  it('checks the result of the method', async () => {
    const { module } = await apps.module({ providers: [Stock] });
    await expect(module.get(Stock).wrong()).rejects.toThrow(
      'Stock.wrong must return { keys, args } for @LuaScript, not 1',
    );
    await expect(module.get(Stock).oneKey()).rejects.toThrow('The keys of script time must be an array of strings');
  });

  it('fails if its name belongs to another source', async () => {
    const { module, cache } = await apps.module({ providers: [Stock] });
    cache.registerScript('time', 'return 2');
    await expect(module.get(Stock).nothing()).rejects.toThrow(ScriptError);
  });
});

describe('several decorators', () => {
  it('nest as they are read: the first is the outermost', async () => {
    const seen: string[] = [];
    @Injectable()
    class Both {
      @WithLock({ key: 'both' })
      @Cacheable({ key: 'both' })
      async lockedFirst(): Promise<boolean> {
        seen.push('ran');
        return currentLock() !== undefined;
      }
      @Cacheable({ key: 'other' })
      @WithLock({ key: 'other', blocking: false })
      async cachedFirst(): Promise<string> {
        return 'answer';
      }
      @Cacheable({ key: 'first' })
      @Cacheable({ key: 'second' })
      @CacheEvict({ key: 'stale' })
      async twice(): Promise<string> {
        seen.push('twice');
        return 'twice';
      }
    }
    const { module, cache } = await apps.module({ providers: [Both] });
    const both = module.get(Both);

    expect([await both.lockedFirst(), await both.lockedFirst()]).toEqual([true, true]);
    expect(seen).toEqual(['ran']);
    const locks = [cache.lock('both'), cache.lock('other')] as const;
    await both.cachedFirst();
    await Promise.all(locks.map((lock) => lock.acquire()));
    expect(await both.cachedFirst()).toBe('answer');
    let done = false;
    const waiting = both.lockedFirst().then(() => (done = true));
    await cache.get('both');
    expect(done).toBe(false);
    await Promise.all(locks.map((lock) => lock.release()));
    await waiting;

    await cache.set('stale', 1);
    await both.twice();
    await cache.delete('first');
    await both.twice();
    expect(seen).toEqual(['ran', 'twice']);
    expect([await cache.get('first'), await cache.get('second'), await cache.get('stale')]).toEqual([
      'twice',
      'twice',
      undefined,
    ]);
  });
});
