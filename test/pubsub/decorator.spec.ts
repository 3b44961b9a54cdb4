import { randomUUID } from 'node:crypto';
import { Injectable, Module, type OnModuleDestroy, Scope, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  CachexModule,
  CachexService,
  ConfigError,
  getCachexToken,
  type MessageContext,
  Subscribe,
  WithLock,
} from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { openCache } from '../open-cache.js';
import { startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

interface Order {
  total: number;
}

const apps: TestingModule[] = [];
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

async function openOn(url: string, ...providers: Type[]): Promise<TestingModule> {
  @Module({ providers })
  class ShopModule {}
  const imports = [
    CachexModule.forRoot({ connection: url.startsWith('memory') ? url : { url, commandTimeout: '1s' } }),
    CachexModule.forRoot({ name: 'mail', connection: `memory://${randomUUID()}` }),
    ShopModule,
  ];
  const app = await Test.createTestingModule({ imports }).compile();
  apps.push(app);
  return app.init();
}
const open = (...providers: Type[]): Promise<TestingModule> => openOn(`memory://${randomUUID()}`, ...providers);

abstract class Base {
  readonly seen: unknown[] = [];

  @Subscribe('base')
  inherited(message: number): void {
    this.seen.push(message);
  }
}

@Injectable()
class Orders extends Base {
  @Subscribe(['orders.*', 'returns'])
  @WithLock({ key: (order: Order) => `order ${order.total}` })
  @Subscribe('orders', { cache: 'mail', version: 2 })
  async count({ total }: Order, { channel, pattern }: MessageContext): Promise<void> {
    this.seen.push([total, channel, pattern]);
  }

  @Subscribe('a*b', { pattern: false, raw: true })
  raw(text: string): void {
    this.seen.push(text);
  }
}

describe('@Subscribe', () => {
  it('listens for methods of providers: inherited, several, with other decorators, of named caches', async () => {
    const app = await open(Orders);
    const { seen } = app.get(Orders);
    const cache = app.get(CachexService);
    const mail = app.get<CachexService>(getCachexToken('mail'));
    expect(await cache.publish('base', 1)).toBe(1);
    expect(await cache.publish('orders.eu', { total: 2 })).toBe(1);
    await waitFor(() => seen.length === 2, { what: 'the first two' });
    expect(await cache.publish('returns', { total: 3 })).toBe(1);
    expect(await mail.publish('orders', { total: 4 })).toBe(0);
    expect(await mail.withVersion(2).publish('orders', { total: 5 })).toBe(1);
    expect(await cache.publish('aXb', 'x', { raw: true })).toBe(0);
    expect(await cache.publish('a*b', 'text', { raw: true })).toBe(1);
    await waitFor(() => seen.length === 5, { what: 'all of them' });
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(
      expect.arrayContaining([
        1,
        [2, 'orders.eu', 'orders.*'],
        [3, 'returns', undefined],
        [5, 'orders', undefined],
        'text',
      ]),
    );
  });

  it('calls a spy that a test has put in place of a method before the start', async () => {
    class Listener extends Base {}
    const app = await Test.createTestingModule({
      imports: [CachexModule.forRoot({ connection: `memory://${randomUUID()}` })],
      providers: [Listener],
    }).compile();
    apps.push(app);
    const spy = vi.spyOn(app.get(Listener), 'inherited');
    await app.init();
    expect(await app.get(CachexService).publish('base', 7)).toBe(1);
    await vi.waitFor(() => expect(spy).toHaveBeenCalledWith(7, expect.anything()));
  });

  it('does not listen for an override without it', async () => {
    @Injectable()
    class Quiet extends Base {
      override inherited(): void {}
    }
    const app = await open(Quiet);
    expect(await app.get(CachexService).publish('base', 1)).toBe(0);
  });

  it('ends before any provider is gone, together with the current call', async () => {
    const order: string[] = [];
    const [began, mayEnd] = [deferred<void>(), deferred<void>()];
    @Injectable()
    class Slow implements OnModuleDestroy {
      @Subscribe('s')
      async handle(message: number, { signal }: MessageContext): Promise<void> {
        order.push(`began ${message}`);
        signal.addEventListener('abort', () => mayEnd.resolve());
        began.resolve();
        await mayEnd.promise;
        order.push(`ended ${message}`);
      }
      onModuleDestroy(): void {
        order.push('gone');
      }
    }
    const app = await open(Slow);
    const cache = app.get(CachexService);
    await cache.publish('s', 1);
    await cache.publish('s', 2);
    await began.promise;
    await app.close();
    expect(order).toEqual(['began 1', 'ended 1', 'gone']);
  });

  it('passes hooks the object of the method', async () => {
    const told: unknown[] = [];
    @Injectable()
    class Failing {
      readonly name = 'failing';
      @Subscribe('s', {
        onError: (error, { channel }, { name }: Failing) => told.push([String(error), channel, name]),
      })
      handle(): void {
        throw new Error('no');
      }
    }
    const app = await open(Failing);
    await app.get(CachexService).publish('s', 1);
    await waitFor(() => told.length === 1, { what: 'the hook' });
    expect(told).toEqual([['Error: no', 's', 'failing']]);
  });

  it('waits for a server that is away at the start', async () => {
    await using server = await startServer({ engine: 'redis' });
    await server.kill();
    const seen: unknown[] = [];
    let gaps = 0;
    @Injectable()
    class Patient {
      @Subscribe('s', { onGap: () => gaps++ })
      handle(message: unknown): void {
        seen.push(message);
      }
    }
    await openOn(server.url, Patient);
    await server.start();
    await waitFor(() => gaps === 1, { what: 'it to listen, and to say that something may be missing' });
    const cache = await openCache({ connection: server.url });
    await cache.publish('s', 1);
    await waitFor(() => seen.length === 1, { what: 'the message' });
    expect(seen).toEqual([1]);
    await cache.close();
    await apps.pop()!.close();
  });

  it('refuses at start a missing cache, and request-scoped providers', async () => {
    class Nowhere {
      @Subscribe('s', { cache: 'nowhere' })
      handle(): void {}
    }
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @Subscribe('s')
      handle(): void {}
    }
    await expect(open(Nowhere)).rejects.toThrow(ConfigError);
    await expect(open(PerRequest)).rejects.toThrow(/PerRequest.handle cannot subscribe to channels.*not a singleton/);
  });

  it('refuses invalid options and methods', () => {
    expect(() => Subscribe('')).toThrow(TypeError);
    expect(() => Subscribe([])).toThrow('@Subscribe needs a channel');
    expect(() => Subscribe('a*', { sharded: true })).toThrow('sharded channels match none');
    expect(() => Subscribe('a', { chache: 'x' } as never)).toThrow('did you mean cache?');
    expect(() => Subscribe('a', { onGap: 1 as never })).toThrow('onGap must be a function');
    const decorator = Subscribe('s');
    expect(() => decorator(class {}, 'handle', { value: () => undefined })).toThrow('decorates instance methods');
  });
});
