import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CachexService, OutOfMemoryError } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { type Engine, engines } from '../servers/engine.js';
import { startServer } from '../servers/server.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';
import { leftOf } from '../left-of.js';

expectNoUnhandledRejections();

interface Deployment {
  open(): Promise<CachexService>;
  /** Actions on each of its servers. */
  onAll(...command: string[]): Promise<unknown>;
  stop(): Promise<void>;
}

async function standalone(engine: Engine): Promise<Deployment> {
  const server = await startServer({ engine });
  return {
    open: () => openCache({ connection: server.url }),
    onAll: (...command) => server.cli(...command),
    stop: () => server.stop(),
  };
}

async function cluster(engine: Engine): Promise<Deployment> {
  const deployment = await startCluster({ engine });
  const nodes = deployment.nodes.map(({ host, port }) => ({ host, port }));
  return {
    open: () => openCache({ connection: { type: 'cluster', nodes } }),
    onAll: (...command) => Promise.all(deployment.nodes.map((node) => node.cli(...command))),
    stop: () => deployment.stop(),
  };
}

const deployments = engines.flatMap((engine) => [
  [`${engine} standalone`, () => standalone(engine)] as const,
  [`${engine} cluster`, () => cluster(engine)] as const,
]);

describe.each(deployments)('on a full %s that evicts nothing', (_, start) => {
  let deployment: Deployment;
  let cache: CachexService;
  const fill = () => deployment.onAll('CONFIG', 'SET', 'maxmemory', '1');
  const empty = () => deployment.onAll('CONFIG', 'SET', 'maxmemory', '0');

  beforeAll(async () => {
    deployment = await start();
    cache = await deployment.open();
  });
  beforeEach(() => cache.flushDb());
  afterEach(empty);
  afterAll(async () => {
    await cache.close();
    await deployment.stop();
  });

  it('tags are invalidated', async () => {
    await cache.set('page', 'old', { tags: ['user:1', 'pages'] });
    await cache.set('other', 'other', { tags: ['user:2'] });
    await fill();
    await expect(cache.set('more', 1)).rejects.toThrow(OutOfMemoryError);
    expect(await cache.invalidateTags(['user:1', 'unknown'])).toBe(1);
    expect(await cache.get('page')).toBeUndefined();
    expect(await cache.get('other')).toBe('other');
    expect(await cache.getOrSet('page', () => 'new', { tags: ['user:1'] })).toBe('new');
  });

  it('a value with a tag from its factory that was invalidated meanwhile is not stored', async () => {
    const value = deferred<string>();
    const slow = vi.fn<() => Promise<string>>(() => value.promise);
    const making = cache.getOrSet('page', async ({ setTags }) => {
      const made = await slow();
      setTags(['user:1']);
      return made;
    });
    await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
    await fill();
    expect(await cache.invalidateTags(['user:1'])).toBe(0);
    await empty();
    value.resolve('old');
    expect(await making).toBe('old');
    expect(await cache.get('page')).toBeUndefined();
    expect(await cache.getOrSet('page', ({ setTags }) => (setTags(['user:1']), 'new'))).toBe('new');
    expect(await cache.get('page')).toBe('new');
  });

  it('a value for which there is no room leaves no reservation behind', async () => {
    const value = deferred<string[]>();
    const load = vi.fn<() => Promise<string[]>>(() => value.promise);
    const making = cache.getOrSet('single', async () => (await load()).join(''));
    const makingMany = cache.getOrSetMany(['a', 'b', 'c'], load);
    await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(2), { interval: 1, timeout: 20_000 });
    expect((await cache.keys()).toSorted()).toEqual(['a', 'b', 'c', 'single']);
    await fill();
    value.resolve(['1', '2', '3']);
    expect(await making).toBe('123');
    expect([...(await makingMany).values()]).toEqual(['1', '2', '3']);
    expect(await cache.keys()).toEqual([]);
  });

  it('commands that need no memory work: keys are deleted, expiries changed, locks and semaphores released', async () => {
    const names = Array.from({ length: 20 }, (_name, index) => `key:${index}`);
    await cache.setMany(new Map(names.map((name) => [name, 'value'])));
    await cache.getOrSet('graced', () => 'value', { timeout: '1m', grace: '1h', tags: ['tag'] });
    await cache.hset('hash', 'field', 1);
    const lock = cache.lock('lock');
    const semaphore = cache.semaphore('semaphore', 1);
    await Promise.all([lock.acquire(), semaphore.acquire()]);
    await fill();
    expect(await cache.delete('key:0')).toBe(true);
    expect(await cache.deleteMany(['key:1', 'key:2'])).toBe(2);
    expect(await cache.set('key:3', 'value', 0)).toBe(true);
    expect(await cache.touch('key:4', '1h')).toBe(true);
    expect(await cache.expire('graced', '2m')).toBe(true);
    expect(await cache.ttl('graced')).toEqual(leftOf(120));
    expect(await cache.persist('key:4')).toBe(true);
    expect(await cache.hdel('hash', 'field')).toBe(1);
    await lock.extend('1m');
    await semaphore.extend('1m');
    await Promise.all([lock.release(), semaphore.release()]);
    expect(await cache.deletePattern('key:1*')).toBe(10);
    await cache.clear();
    expect(await cache.keys()).toEqual([]);
    await empty();
    expect(await lock.acquire({ blocking: false })).toBe(true);
    expect(await semaphore.acquire({ blocking: false })).toBe(true);
    await Promise.all([lock.release(), semaphore.release()]);
  });
});
