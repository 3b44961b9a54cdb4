import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type CachexLeader,
  type CachexService,
  ConnectionError,
  LockError,
  LockNotOwnedError,
} from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { raw } from '../raw.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { Worker } from './fleet.js';

const toLead = (leader: CachexLeader): Promise<void> =>
  waitFor(() => leader.isLeader, { what: 'it to lead', every: 5 });

onEveryTopology((t) => {
  describe('a leader', () => {
    const opened: CachexLeader[] = [];
    const candidate = (options?: Parameters<CachexService['leader']>[1]): CachexLeader => {
      opened.push(t.cache.leader(t.key('name'), options));
      return opened.at(-1)!;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((leader) => leader.stop()));
    });

    it('is one of the candidates, and the next one when it stops', async () => {
      const first = candidate();
      const events: string[] = [];
      first
        .on('elected', () => events.push('elected'))
        .on('deposed', (reason) => events.push((reason as Error).message));
      expect([first.isLeader, first.signal, first.fencingToken]).toEqual([false, undefined, undefined]);
      await once(first, 'elected');
      const second = candidate();
      const { signal, fencingToken } = first;
      expect([first.isLeader, second.isLeader, signal!.aborted]).toEqual([true, false, false]);
      const elected = once(second, 'elected');
      await first.stop();
      expect([first.isLeader, first.signal, signal!.aborted]).toEqual([false, undefined, true]);
      expect(signal!.reason).toBeInstanceOf(LockError);
      await elected;
      expect(second.fencingToken).toBeGreaterThan(fencingToken!);
      expect(events).toEqual(['elected', expect.stringMatching(/^Leadership ".*name" was given up\. See /)]);
    });

    it('learns that it was deposed, and campaigns again', async () => {
      const leader = candidate({ timeout: '300ms' });
      await toLead(leader);
      const { signal, fencingToken } = leader;
      const deposed = once(leader, 'deposed');
      await raw(t.cache, 'DEL', `${t.cache.toJSON().keyPrefix}:own:leader:{1:${t.key('name')}}`);
      expect(await deposed).toEqual([expect.any(LockNotOwnedError)]);
      expect(signal!.reason).toBeInstanceOf(LockNotOwnedError);
      await toLead(leader);
      expect(leader.fencingToken).toBeGreaterThan(fencingToken!);
      expect(leader.signal!.aborted).toBe(false);
    });

    it('does not hear of a term that a standstill has ended', async () => {
      const leader = candidate({ timeout: '60ms' });
      const signals: (AbortSignal | undefined)[] = [];
      leader.on('elected', () => signals.push(leader.signal));
      for (let turn = 0; turn < 3; turn++) {
        await new Promise(setImmediate);
        const until = performance.now() + 150;
        while (performance.now() < until);
      }
      await waitFor(() => signals.length > 0, { what: 'an election', every: 5 });
      expect(signals).not.toContain(undefined);
    });

    it('runs a function while it leads, and stops', async () => {
      const leader = candidate();
      const other = candidate();
      await toLead(leader);
      const order: string[] = [];
      const later = other.using(() => order.push('second'));
      expect(await leader.using(async (one) => order.push(`${one.isLeader}`))).toBe(1);
      await later;
      expect(order).toEqual(['true', 'second']);
      expect(other.isLeader).toBe(false);
      await expect(candidate().using(() => Promise.reject(new Error('the work failed')))).rejects.toThrow(
        'the work failed',
      );
      await expect(candidate().using(undefined as never)).rejects.toThrow(TypeError);
      await toLead(candidate());
    });

    it('that is stopped before it leads runs nothing', async () => {
      await toLead(candidate());
      const never = candidate();
      const used = never.using(() => expect.fail('it was called'));
      await never.stop();
      await expect(used).rejects.toThrow(LockError);
      await expect(never.using(() => expect.fail('it was called'))).rejects.toThrow('was given up');
      await never.stop();
    });

    it('is independent of a lock of its name, and stops at the end of its block', async () => {
      {
        await using leader = candidate();
        await toLead(leader);
        expect(await t.cache.lock(t.key('name')).locked()).toBe(false);
      }
      await toLead(candidate());
    });

    it.each([{ timeout: 0 }, { timeout: null }, { timeout: 'soon' }, { sleep: 1 }, { version: 'a:b' }])(
      'refuses %j at once',
      (options) => {
        expect(() => t.cache.leader('name', options as never)).toThrow(/timeout|sleep|version/);
      },
    );

    it('must have a name', () => {
      expect(() => t.cache.leader('')).toThrow(TypeError);
    });
  });
});

describe('leaders of several processes', () => {
  let server: RedisServer;
  let proxy: Proxy;
  const workers: Worker[] = [];
  const start = async (count: number): Promise<Worker[]> => {
    const started = await Promise.all(Array.from({ length: count }, () => Worker.start(server.url, 'shop')));
    workers.push(...started);
    return started;
  };
  const leaderOf = async (fleet: Worker[]): Promise<Worker> => {
    let leading: Worker[] = [];
    const look = async (): Promise<boolean> => {
      const answers = await Promise.all(fleet.map((worker) => worker.call<boolean>('leads')));
      leading = fleet.filter((_, index) => answers[index]);
      expect(leading.length).toBeLessThanOrEqual(1);
      return leading.length === 1;
    };
    await waitFor(look, { what: 'a leader' });
    return leading[0]!;
  };

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    proxy = await startProxy(server);
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  it('exist one at a time; another follows when it crashes, stops or closes', async () => {
    let fleet = await start(4);
    await Promise.all(fleet.map((worker) => worker.call('stand', { name: 'outbox', timeout: '600ms' })));
    const crashed = await leaderOf(fleet);
    await crashed.kill();
    fleet = fleet.filter((worker) => worker !== crashed);
    const halted = await leaderOf(fleet);
    halted.signal('SIGSTOP');
    const others = fleet.filter((worker) => worker !== halted);
    const closed = await leaderOf(others);
    halted.signal('SIGCONT');
    await waitFor(async () => !(await halted.call<boolean>('leads')), { what: 'it to hear that it was deposed' });
    await closed.call('close');
    expect(await closed.ended()).toBe(0);
    fleet = fleet.filter((worker) => worker !== closed);
    await leaderOf(fleet);
  });

  it('keep campaigning through an outage longer than any wait', async () => {
    const connection = { type: 'standalone', url: proxy.url, commandTimeout: '200ms' } as const;
    const cache = await openCache({ connection, keyPrefix: 'other' }, new QuietLogger());
    const leader = cache.leader('name', { timeout: '400ms' });
    await toLead(leader);
    const { signal } = leader;
    await proxy.refuse();
    await waitFor(() => signal!.aborted, { what: 'the signal' });
    expect(leader.isLeader).toBe(false);
    await delay(1500);
    await proxy.pass();
    await toLead(leader);
    await cache.close();
    expect(leader.isLeader).toBe(false);
    expect(() => cache.leader('name')).toThrow(ConnectionError);
  });
});
