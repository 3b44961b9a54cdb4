import { Test, type TestingModule } from '@nestjs/testing';
import { Counter, Registry, register as defaultRegister } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { CachexModule, CachexService, getCachexToken } from '../../lib/index.js';
import { CachexMetricsModule, type CachexMetricsOptions } from '../../lib/metrics/index.js';

describe('CachexMetricsModule', () => {
  let app: TestingModule | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  async function start(options: CachexMetricsOptions, ...imports: Parameters<typeof CachexModule.forRoot>[0][]) {
    const caches = imports.map((each) => CachexModule.forRoot(each));
    app = await Test.createTestingModule({ imports: [...caches, CachexMetricsModule.forRoot(options)] }).compile();
    await app.init();
    return app;
  }

  /** The lines of a scrape with this prefix. */
  const lines = async (register: Registry, beginning: string): Promise<string[]> =>
    (await register.metrics()).split('\n').filter((line) => line.startsWith(beginning));

  it('exports the counts of every cache of the application', async () => {
    const register = new Registry();
    const { cache, sessions } = await start({ register }, {}, { name: 'sessions' }).then((started) => ({
      cache: started.get(CachexService),
      sessions: started.get<CachexService>(getCachexToken('sessions')),
    }));
    await cache.set('a', 1);
    await cache.getMany(['a', 'b', 'c']);
    await sessions.get('a');
    expect(await lines(register, 'cachex_hits_total')).toEqual([
      'cachex_hits_total{cache="default"} 1',
      'cachex_hits_total{cache="sessions"} 0',
    ]);
    expect(await lines(register, 'cachex_misses_total')).toEqual([
      'cachex_misses_total{cache="default"} 2',
      'cachex_misses_total{cache="sessions"} 1',
    ]);
    await cache.get('a');
    expect(await lines(register, 'cachex_hits_total{cache="default"}')).toEqual([
      'cachex_hits_total{cache="default"} 2',
    ]);
    expect(await lines(register, 'cachex_server_memory_bytes{cache="default"}')).toEqual([
      expect.stringMatching(/ \d+$/),
    ]);
    expect(await lines(register, 'cachex_evictions_total{cache="default"}')).toEqual([expect.stringMatching(/ 0$/)]);
    // No cache tracks.
    expect(await lines(register, 'cachex_local')).toEqual([]);
  });

  it('exports the counts of subscriptions', async () => {
    const register = new Registry();
    const cache = (await start({ register }, {})).get(CachexService);
    const heard: number[] = [];
    await cache.subscribe<number>('numbers', (n) => heard.push(n));
    await cache.publish('numbers', 1);
    await expect.poll(() => heard).toEqual([1]);
    expect(await lines(register, 'cachex_pubsub_')).toEqual([
      'cachex_pubsub_messages_total{cache="default"} 1',
      'cachex_pubsub_dropped_total{cache="default"} 0',
      'cachex_pubsub_failures_total{cache="default"} 0',
      'cachex_pubsub_gaps_total{cache="default"} 0',
      'cachex_pubsub_subscriptions{cache="default"} 1',
    ]);
  });

  it('shows the figures of the newest application of a process, while it exists', async () => {
    const open = async (): Promise<TestingModule> => {
      const opened = await Test.createTestingModule({
        imports: [CachexModule.forRoot({}), CachexMetricsModule.forRoot()],
      }).compile();
      await opened.init();
      return opened;
    };
    const hits = async (app: TestingModule, count: number): Promise<void> => {
      await app.get(CachexService).set('a', 1);
      for (let index = 0; index < count; index++) await app.get(CachexService).get('a');
    };
    const figures = (): Promise<string[]> => lines(defaultRegister, 'cachex_hits_total{');
    const [first, second, third] = [await open(), await open(), await open()];
    await hits(first, 1);
    await hits(second, 2);
    await hits(third, 3);
    expect(await figures()).toEqual(['cachex_hits_total{cache="default"} 3']);
    await second.close();
    expect(await figures()).toEqual(['cachex_hits_total{cache="default"} 3']);
    await third.close();
    expect(await figures()).toEqual(['cachex_hits_total{cache="default"} 1']);
    await first.close();
    expect(await defaultRegister.metrics()).not.toContain('cachex_');
  });

  it('leaves another program’s metric alone', async () => {
    const register = new Registry();
    const other = new Counter({ name: 'cachex_hits_total', help: 'mine', registers: [register] });
    await expect(start({ register }, {})).rejects.toThrow('cachex_hits_total');
    expect(register.getSingleMetric('cachex_hits_total')).toBe(other);
  });

  it('asks each cache once for a scrape', async () => {
    const register = new Registry();
    const cache = (await start({ register }, {})).get(CachexService);
    let asked = 0;
    const stats = cache.stats.bind(cache);
    cache.stats = () => {
      asked++;
      return stats();
    };
    await register.metrics();
    expect(asked).toBe(1);
    await register.metrics();
    expect(asked).toBe(2);
  });

  it('exports the durations of commands, and the classes of their errors', async () => {
    const register = new Registry();
    const cache = (await start({ register, buckets: [1, 60] }, {})).get(CachexService);
    await cache.set('a', 'text');
    await cache.set('b', 1);
    await expect(cache.lpush('a', 1)).rejects.toThrow();
    await cache.pipeline().get('a').get('b').execute();
    const histogram = 'cachex_command_duration_seconds';
    expect(await lines(register, `${histogram}_count`)).toEqual([
      `${histogram}_count{cache="default",command="SET",error=""} 2`,
      `${histogram}_count{cache="default",command="LPUSH",error="WrongTypeError"} 1`,
      `${histogram}_count{cache="default",command="PIPELINE",error=""} 1`,
    ]);
    expect(await lines(register, `${histogram}_bucket{le="1",cache="default",command="SET"`)).toHaveLength(1);
    const [sum] = await lines(register, `${histogram}_sum{cache="default",command="SET"`);
    expect(Number(sum!.split(' ')[1])).toBeGreaterThan(0);
    expect(Number(sum!.split(' ')[1])).toBeLessThan(60);
  });

  it('continues while the server is away, without what only the server knows', async () => {
    const register = new Registry();
    const connection = { host: '127.0.0.1', port: 1 };
    const cache = (await start({ register }, { connection, ignoreExceptions: true })).get(CachexService);
    await cache.get('a');
    expect(await lines(register, 'cachex_errors_total')).toEqual(['cachex_errors_total{cache="default"} 1']);
    expect(await lines(register, 'cachex_evictions_total')).toEqual([]);
  });

  it('uses prom-client’s own register by default, until the application is closed', async () => {
    await start({ prefix: 'shop_cache_' }, {});
    expect(await lines(defaultRegister, 'shop_cache_hits_total')).toHaveLength(1);
    await app!.close();
    app = undefined;
    expect(await defaultRegister.metrics()).not.toContain('shop_cache_');
    await start({ prefix: 'shop_cache_' }, {});
    expect(await lines(defaultRegister, 'shop_cache_hits_total')).toHaveLength(1);
  });

  it('works with the names of OpenMetrics, too', async () => {
    const register = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    await start({ register }, {});
    expect(await register.metrics()).toContain('cachex_hits_total{cache="default"} 0');
    await app!.close();
    app = undefined;
    expect(await register.metrics()).not.toContain('cachex_');
  });
});
