import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Module, Scope, type Type } from '@nestjs/common';
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
import { waitFor } from '../servers/wait-for.js';

interface Order {
  total: number;
}

const apps: TestingModule[] = [];
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

async function open(...providers: Type[]): Promise<TestingModule> {
  @Module({ providers })
  class ShopModule {}
  const imports = [
    CachexModule.forRoot({}),
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
  it('consumes for methods of providers: inherited, several, decorated otherwise, of named caches', async () => {
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

  it('does not for a method that is overridden without it', async () => {
    @Injectable()
    class Quiet extends Base {
      override async handle(): Promise<void> {}
    }
    const app = await open(Quiet);
    await expect(app.get(CachexService).xinfoGroups('base')).rejects.toThrow('no such key');
  });

  it('ends with the application, with what it was at', async () => {
    let [began, ended] = [false, false];
    @Injectable()
    class Slow {
      @StreamConsumer({ stream: 's', group: 'g' })
      async handle(): Promise<void> {
        began = true;
        await delay(50);
        ended = true;
      }
    }
    const app = await open(Slow);
    await app.get(CachexService).xadd('s', { n: 1 });
    await waitFor(() => began, { what: 'the entry' });
    await app.close();
    expect(ended).toBe(true);
  });

  it('refuses at start a cache that is not there, and providers that are made for requests', async () => {
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

  it('refuses options and methods that make no sense', () => {
    expect(() => StreamConsumer({ stream: '', group: 'g' })).toThrow(TypeError);
    const decorator = StreamConsumer({ stream: 's', group: 'g' });
    expect(() => decorator(class {}, 'handle', { value: () => undefined })).toThrow(TypeError);
    // @ts-expect-error: it is called with an entry
    const wrong: Parameters<typeof decorator<(order: Order) => void>> | undefined = undefined;
    expect(wrong).toBeUndefined();
  });
});
