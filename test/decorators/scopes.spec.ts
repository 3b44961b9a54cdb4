import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { Cacheable, CacheEvict, ScopeError, StreamConsumer, type StreamEntry, Subscribe } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();
const tenants = new AsyncLocalStorage<string>();

interface Order {
  readonly tenant: string;
}

@Injectable()
class Orders {
  readonly seen: unknown[] = [];

  @StreamConsumer({ stream: 'orders', group: 'g' })
  async consume({ fields }: StreamEntry<Order>): Promise<void> {
    this.seen.push(await tenants.run(fields.tenant, () => this.nameOf()));
  }

  @Subscribe('orders')
  async hear({ tenant }: Order): Promise<void> {
    this.seen.push(await tenants.run(tenant, () => this.nameOf()));
  }

  @Cacheable()
  async nameOf(): Promise<string> {
    return `name of ${tenants.getStore()}`;
  }

  @CacheEvict({ key: 'k', when: 'commit' })
  async change(): Promise<void> {}
}

describe('decorators with a scope', () => {
  it('listen outside of all scopes, and run handlers for the tenant that they name', async () => {
    const { module, cache } = await apps.module({ providers: [Orders] }, { scope: () => tenants.getStore() });
    const { seen } = module.get(Orders);
    await cache.withScope('a').xadd('orders', { tenant: 'missed' });
    await cache.withScope('a').publish('orders', { tenant: 'missed' });
    for (const tenant of ['a', 'b']) {
      await cache.unscoped().xadd('orders', { tenant });
      await cache.unscoped().publish('orders', { tenant });
    }
    await vi.waitFor(() => expect(seen).toHaveLength(4));
    expect(seen.toSorted()).toEqual(['name of a', 'name of a', 'name of b', 'name of b']);
    await expect(module.get(Orders).nameOf()).rejects.toBeInstanceOf(ScopeError);
  });

  it('evict at the commit in the scope of the call, whoever commits', async () => {
    const commits: (() => Promise<void>)[] = [];
    const onCommit = (run: () => Promise<void>) => commits.push(run) > 0;
    const { module, cache } = await apps.module({ providers: [Orders] }, { scope: () => tenants.getStore(), onCommit });
    const views = ['a', 'b'].map((tenant) => cache.withScope(tenant));
    for (const view of views) await view.set('k', 1);
    await tenants.run('a', () => module.get(Orders).change());
    await tenants.run('b', () => commits[0]!());
    expect(await Promise.all(views.map((view) => view.get('k')))).toEqual([undefined, 1]);
  });
});
