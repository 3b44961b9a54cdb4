import { Controller, Get, Injectable, Module, type OnModuleInit, Param, Post, type Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import {
  Cacheable,
  CacheEvict,
  CachePut,
  currentLock,
  Idempotent,
  luaCall,
  LuaScript,
  OncePerFleet,
  RateLimit,
  WithLock,
} from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

const isLocked = (): boolean => currentLock() !== undefined;

describe('an HTTP handler that other code calls', () => {
  @Controller('pages')
  class Pages {
    runs = 0;

    @Get('once')
    @OncePerFleet({ window: '1h' })
    async once(): Promise<string> {
      return 'ran';
    }
    @Get('locked')
    @WithLock({ key: 'page' })
    async locked(): Promise<boolean> {
      return isLocked();
    }
    @Post('evict/:id')
    @CacheEvict({ key: 'page:{0}' })
    async evict(@Param('id') _id: string): Promise<void> {}
    @Post('put/:id')
    @CachePut({ key: 'put:{0}' })
    async put(@Param('id') id: string): Promise<string> {
      return id;
    }
    @Get('script')
    @LuaScript({ name: 'answer', script: 'return 42' })
    async script(): Promise<number> {
      return luaCall({});
    }
    @Get('cached')
    @Cacheable({ key: 'cached' })
    @RateLimit({ key: '{ip}', limit: 1, window: '1h' })
    @Idempotent({ timeout: '1h' })
    async cached(): Promise<number> {
      return ++this.runs;
    }
    @Get('named/:id')
    @WithLock({ key: 'page:{params.id}' })
    async named(@Param('id') _id: string): Promise<void> {}
  }

  it('does its work: locks, claims, evictions and scripts', async () => {
    const { module, cache } = await apps.module({ controllers: [Pages] });
    const pages = module.get(Pages);
    expect([await pages.once(), await pages.once()]).toEqual(['ran', undefined]);
    expect(await pages.locked()).toBe(true);
    await cache.set('page:1', 1);
    await pages.evict('1');
    await pages.put('2');
    expect([await cache.hasKey('page:1'), await cache.get('put:2')]).toEqual([false, '2']);
    expect(await pages.script()).toBe(42);
  });

  it('answers no request: it is not cached, nor limited', async () => {
    const { module } = await apps.module({ controllers: [Pages] });
    const pages = module.get(Pages);
    expect([await pages.cached(), await pages.cached()]).toEqual([1, 2]);
  });

  it('fails where its key names a part of a request', async () => {
    const { module } = await apps.module({ controllers: [Pages] });
    await expect(module.get(Pages).named('1')).rejects.toThrow(
      "{params.id} of 'page:{params.id}' is part of a request, and this call has none",
    );
  });

  it('is the same by super, but for what the override has itself', async () => {
    class Base {
      @Get('bare')
      @WithLock({ key: 'bare' })
      async bare(): Promise<boolean> {
        return isLocked();
      }
      @Get('both')
      @WithLock({ key: 'both' })
      async both(): Promise<boolean> {
        return isLocked();
      }
      @Get('other')
      @WithLock({ key: 'other' })
      async other(): Promise<boolean> {
        return isLocked();
      }
    }
    @Controller('special')
    class Special extends Base {
      @Get('bare')
      override async bare(): Promise<boolean> {
        return super.bare();
      }
      @Get('both')
      @WithLock({ key: 'both' })
      override async both(): Promise<boolean> {
        return super.both();
      }
      @Get('other')
      @Cacheable({ key: 'cached' })
      override async other(): Promise<boolean> {
        return super.other();
      }
    }
    const { request } = await apps.http('express', { controllers: [Special] });
    for (const page of ['bare', 'both', 'other']) expect((await request(`/special/${page}`)).body).toBe(true);
  });
});

describe('an object that Nest has not linked to its module', () => {
  class Lockable {
    @WithLock({ key: 'work' })
    async work(): Promise<boolean> {
      return isLocked();
    }
  }

  it('has its decorators where a mixin has copied the methods', async () => {
    @Injectable()
    class Worker {}
    const { work } = Object.getOwnPropertyDescriptors(Lockable.prototype);
    Object.defineProperty(Worker.prototype, 'work', work);
    const { module } = await apps.module({ providers: [Worker] });
    expect(await (module.get(Worker) as Lockable).work()).toBe(true);
  });

  it('has them in its onModuleInit where a factory makes it, in any module', async () => {
    class Started extends Lockable implements OnModuleInit {
      wasLocked?: boolean;
      async onModuleInit(): Promise<void> {
        this.wasLocked = await this.work();
      }
    }
    const made = { provide: Started, useFactory: () => new Started() };
    let deep: Type = class {};
    Module({ providers: [made] })(deep);
    for (let level = 0; level < 5; level++) {
      const above = class {};
      Module({ imports: [deep] })(above);
      deep = above;
    }
    const { module } = await apps.module({ imports: [deep] });
    expect(module.get(Started, { strict: false }).wasLocked).toBe(true);
  });
});
