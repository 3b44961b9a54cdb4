import { setTimeout as delay } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import { describe, expect, inject, it } from 'vitest';
import {
  CachexModule,
  CachexService,
  ConnectionError,
  LockError,
  LockNotOwnedError,
  SemaphoreError,
} from '../../lib/index.js';
import { randomUUID } from 'node:crypto';
import { topologies } from '../contract/topologies.js';
import { openCache } from '../open-cache.js';

const failure = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as Error,
  );

describe.each(topologies.map(({ name }) => name))('on %s, at shutdown', (topology) => {
  const options = () => ({ connection: inject('connections')[topology]!, keyPrefix: randomUUID() });

  it('everything held is released, and holders and waiters learn it', async () => {
    const settings = options();
    const imports = [CachexModule.forRoot({ ...settings, name: 'one' })];
    const app = await Test.createTestingModule({ imports }).compile();
    await app.init();
    const cache: CachexService = app.get('CachexService:one');
    const other = await openCache(settings);

    const lock = cache.lock('name');
    await lock.acquire();
    const slot = cache.withVersion(2).semaphore('name', 1);
    await slot.acquire();
    const { signal } = lock;
    const waiting = failure(cache.lock('name').acquire());
    const next = other.lock('name').acquire();
    let release = (): void => undefined;
    const using = failure(cache.withLock('other', {}, () => new Promise<void>((resolve) => (release = resolve))));
    await delay(50);

    const start = performance.now();
    await app.close();
    expect(performance.now() - start).toBeLessThan(4000);
    release();
    expect(signal.reason).toBeInstanceOf(LockNotOwnedError);
    expect(signal.reason.message).toContain('the cache is being closed');
    expect(await waiting).toBeInstanceOf(ConnectionError);
    expect(await using).toBeInstanceOf(LockNotOwnedError);
    expect(await next).toBe(true);
    expect(await other.lock('other').locked()).toBe(false);
    expect(await other.semaphore('name', 1, { version: 2 }).locked()).toBe(false);
    expect(await failure(lock.release())).toBeInstanceOf(LockNotOwnedError);
    expect(await failure(lock.release())).toBeInstanceOf(LockError);
    expect(await failure(slot.release())).toBeInstanceOf(SemaphoreError);
    expect(await failure(cache.lock('name').acquire())).toBeInstanceOf(ConnectionError);
    await other.close();
  });

  it('anything acquired at that moment is released', async () => {
    const settings = options();
    const [cache, other] = [await openCache(settings), await openCache(settings)];
    const acquiring = Array.from({ length: 10 }, (_, index) => cache.lock(`name ${index}`).acquire());
    await Promise.all([cache.close(), Promise.allSettled(acquiring)]);
    for (let index = 0; index < 10; index++) expect(await other.lock(`name ${index}`).locked()).toBe(false);
    await other.close();
  });
});
