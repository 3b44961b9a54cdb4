import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  Scope,
  type Type,
} from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CachexModule,
  CachexService,
  ConfigError,
  getCachexToken,
  StreamConsumer,
  type StreamContext,
  type StreamEntry,
  WithLock,
} from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { openCache } from '../open-cache.js';
import { waitFor } from '../servers/wait-for.js';

interface Order {
  total: number;
}

const apps: TestingModule[] = [];
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

async function open(...providers: Type[]): Promise<TestingModule> {
  return openOn(`memory://${randomUUID()}`, ...providers);
}

async function openOn(connection: string, ...providers: Type[]): Promise<TestingModule> {
  @Module({ providers })
  class ShopModule {}
  const imports = [
    CachexModule.forRoot({ connection }),
    CachexModule.forRoot({ name: 'mail', connection: `memory://${randomUUID()}` }),
    ShopModule,
  ];
  const app = await Test.createTestingModule({ imports }).compile();
  apps.push(app);
  return app.init();
}

abstract class Base {
  readonly seen: unknown[] = [];

  @StreamConsumer({ stream: 'base', group: 'g' })
  async handle({ fields }: StreamEntry<Order>): Promise<void> {
    this.seen.push(fields.total);
  }
}

@Injectable()
class Orders extends Base {
  @StreamConsumer({ stream: 'orders', group: 'g', consumer: 'one' })
  @WithLock({ key: ({ id }: StreamEntry<Order>) => id })
  @StreamConsumer({ stream: 'orders', group: 'mail', cache: 'mail' })
  async confirm({ fields }: StreamEntry<Order>, { group, consumer }: StreamContext): Promise<void> {
    this.seen.push([fields.total, group, consumer === 'one']);
  }
}

describe('@StreamConsumer', () => {
  it('consumes for methods of providers: inherited, several, with other decorators, of named caches', async () => {
    const app = await open(Orders);
    const { seen } = app.get(Orders);
    await app.get(CachexService).xadd('base', { total: 1 });
    await waitFor(() => seen.length === 1, { what: 'the inherited one' });
    await app.get(CachexService).xadd('orders', { total: 2 });
    await waitFor(() => seen.length === 2, { what: 'the default cache' });
    await app.get<CachexService>(getCachexToken('mail')).xadd('orders', { total: 3 });
    await waitFor(() => seen.length === 3, { what: 'the named cache' });
    expect(seen).toEqual([1, [2, 'g', true], [3, 'mail', false]]);
  });

  it('does not consume for an override without it', async () => {
    @Injectable()
    class Quiet extends Base {
      override async handle(): Promise<void> {}
    }
    const app = await open(Quiet);
    await expect(app.get(CachexService).xinfoGroups('base')).rejects.toThrow('no such key');
  });

  it('begins when all providers are ready, and finishes its work before any of them is gone', async () => {
    const order: string[] = [];
    const began = deferred<void>();
    @Injectable()
    class Mailer implements OnApplicationBootstrap, OnModuleDestroy {
      async onApplicationBootstrap(): Promise<void> {
        await delay(20);
        order.push('ready');
      }
      onModuleDestroy(): void {
        order.push('gone');
      }
    }
    @Injectable()
    class Slow {
      @StreamConsumer({ stream: 's', group: 'g' })
      async handle(): Promise<void> {
        order.push('began');
        began.resolve();
        await delay(50);
        order.push('ended');
      }
    }
    const connection = `memory://${randomUUID()}`;
    const cache = await openCache({ connection });
    await cache.xadd('s', { n: 1 });
    const app = await openOn(connection, Mailer, Slow);
    await began.promise;
    await app.close();
    expect(order).toEqual(['ready', 'began', 'ended', 'gone']);
    await cache.close();
  });

  it('refuses at start a missing cache, and request-scoped providers', async () => {
    class Nowhere {
      @StreamConsumer({ stream: 's', group: 'g', cache: 'nowhere' })
      async handle(): Promise<void> {}
    }
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @StreamConsumer({ stream: 's', group: 'g' })
      async handle(): Promise<void> {}
    }
    await expect(open(Nowhere)).rejects.toThrow(ConfigError);
    await expect(open(PerRequest)).rejects.toThrow(/PerRequest.handle.*not a singleton/);
  });

  it('refuses invalid options and methods', () => {
    expect(() => StreamConsumer({ stream: '', group: 'g' })).toThrow(TypeError);
    const decorator = StreamConsumer({ stream: 's', group: 'g' });
    expect(() => decorator(class {}, 'handle', { value: () => undefined })).toThrow(TypeError);
    // @ts-expect-error: the parameter is an entry
    const wrong: Parameters<typeof decorator<(order: Order) => void>> | undefined = undefined;
    expect(wrong).toBeUndefined();
  });
});
