import { Inject, Injectable, Logger, Module, type OnModuleInit, Scope, SetMetadata } from '@nestjs/common';
import { ContextIdFactory, LazyModuleLoader, ModuleRef } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  Cacheable,
  CacheEvict,
  CachexModule,
  CachexService,
  ConfigError,
  getCachexToken,
  LuaScript,
  StreamConsumer,
  Subscribe,
  WithLock,
  WithSemaphore,
} from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

afterEach(() => {
  vi.restoreAllMocks();
});

/** Counts the runs of the method itself. */
@Injectable()
class Products {
  runs = 0;

  @Cacheable({ key: (id: string) => `product:${id}` })
  async find(id: string): Promise<{ id: string }> {
    this.runs++;
    return { id };
  }

  async findTwice(id: string): Promise<void> {
    await this.find(id);
    await this.find(id);
  }
}

describe('a decorated method of a provider', () => {
  it('is cached, also when it is called on this', async () => {
    const { module, cache } = await apps.module({ providers: [Products] });
    const products = module.get(Products);
    await products.findTwice('1');
    expect(await products.find('1')).toEqual({ id: '1' });
    expect(products.runs).toBe(1);
    expect(await cache.get('product:1')).toEqual({ id: '1' });
  });

  it('keeps its name, its length, its metadata and its instance', async () => {
    @Injectable()
    class Reports {
      @SetMetadata('above', 1)
      @Cacheable()
      @SetMetadata('below', 2)
      async daily(_day: string, _team: string): Promise<void> {}
    }
    const { daily } = Reports.prototype;
    expect([daily.name, daily.length]).toEqual(['daily', 2]);
    expect(Reflect.getMetadata('above', daily)).toBe(1);
    expect(Reflect.getMetadata('below', daily)).toBe(2);
    const { module } = await apps.module({ providers: [Reports] });
    expect(Reflect.ownKeys(module.get(Reports))).toEqual([]);
  });

  it('may use private fields', async () => {
    @Injectable()
    class Secrets {
      #runs = 0;
      @Cacheable()
      async read(): Promise<number> {
        return ++this.#runs;
      }
    }
    const { module } = await apps.module({ providers: [Secrets] });
    const secrets = module.get(Secrets);
    expect([await secrets.read(), await secrets.read()]).toEqual([1, 1]);
  });

  it.each([
    ['request-scoped', Scope.REQUEST],
    ['transient', Scope.TRANSIENT],
  ])('is cached on %s instances', async (_, scope) => {
    let runs = 0;
    @Injectable({ scope })
    class Scoped {
      @Cacheable({ key: 'scoped:{0}' })
      async find(id: string): Promise<string> {
        return `${id}:${++runs}`;
      }
    }
    const { module } = await apps.module({ providers: [Scoped] });
    const [one, two] = await Promise.all([1, 2].map(() => module.resolve(Scoped, ContextIdFactory.create())));
    expect(one).not.toBe(two);
    expect([await one!.find('a'), await two!.find('a')]).toEqual(['a:1', 'a:1']);
  });

  it('is cached on instances of ModuleRef.create and lazily loaded modules', async () => {
    @Module({ providers: [Products], exports: [Products] })
    class LazyModule {}
    @Injectable()
    class Maker {
      constructor(
        readonly moduleRef: ModuleRef,
        readonly loader: LazyModuleLoader,
      ) {}
    }
    const { module } = await apps.module({ providers: [Maker] });
    const { moduleRef, loader } = module.get(Maker);
    const created = await moduleRef.create(Products);
    const lazy = (await loader.load(() => LazyModule)).get(Products);
    await created.findTwice('1');
    await lazy.findTwice('1');
    expect([created.runs, lazy.runs]).toEqual([1, 0]);
  });

  it.each([
    ['useClass', { useClass: Products }],
    ['useFactory', { useFactory: () => new Products() }],
    ['useValue', { useValue: new Products() }],
  ])('is cached on objects of %s', async (_, provider) => {
    const { module } = await apps.module({ providers: [{ provide: 'PRODUCTS', ...provider }] });
    const products = module.get<Products>('PRODUCTS');
    await products.findTwice('1');
    expect(products.runs).toBe(1);
  });

  it('is cached in onModuleInit', async () => {
    @Injectable()
    class Eager extends Products implements OnModuleInit {
      onModuleInit(): Promise<void> {
        return this.findTwice('1');
      }
    }
    const { module } = await apps.module({ providers: [Eager] });
    expect(module.get(Eager).runs).toBe(1);
  });

  it('rejects instead of throwing if it throws synchronously', async () => {
    @Injectable()
    class Sudden {
      @Cacheable()
      find(): Promise<void> {
        throw new Error('at once');
      }
    }
    const { module } = await apps.module({ providers: [Sudden] });
    await expect(module.get(Sudden).find()).rejects.toThrow('at once');
  });
});

describe('inheritance', () => {
  abstract class Base {
    runs: string[] = [];
    @Cacheable()
    async find(id: string): Promise<string> {
      this.runs.push(`base ${id}`);
      return `${this.constructor.name} ${id}`;
    }
  }
  @Injectable()
  class Users extends Base {}
  @Injectable()
  class Orders extends Base {
    @Cacheable()
    override async find(id: string): Promise<string> {
      this.runs.push(`override ${id}`);
      return `override of ${await super.find(id)}`;
    }
  }

  it('subclasses have entries of their own', async () => {
    const { module, cache } = await apps.module({ providers: [Users, Orders] });
    const [users, orders] = [module.get(Users), module.get(Orders)];
    for (let i = 0; i < 2; i++) {
      expect(await users.find('1')).toBe('Users 1');
      expect(await orders.find('1')).toBe('override of Orders 1');
    }
    expect(users.runs).toEqual(['base 1']);
    expect(orders.runs).toEqual(['override 1', 'base 1']);
    expect((await cache.keys()).map((key) => key.split(':')[0]).toSorted()).toEqual([
      'RootTestModule.Orders.find',
      'RootTestModule.Orders.super.find',
      'RootTestModule.Users.find',
    ]);
  });

  it('an override with the key of its super does not wait for itself', async () => {
    class Parent {
      @Cacheable({ key: 'item:{0}' })
      async find(id: string): Promise<string> {
        return `parent ${id}`;
      }
    }
    @Injectable()
    class Child extends Parent {
      @Cacheable({ key: 'item:{0}' })
      override async find(id: string): Promise<string> {
        return `child of ${await super.find(id)}`;
      }
    }
    const { module, cache } = await apps.module({ providers: [Child] });
    expect(await module.get(Child).find('1')).toBe('child of parent 1');
    expect(await cache.get('item:1')).toBe('child of parent 1');
  });

  it('an override without decorators is not cached', async () => {
    @Injectable()
    class Live extends Products {
      override async find(id: string): Promise<{ id: string }> {
        this.runs++;
        return { id };
      }
    }
    const { module } = await apps.module({ providers: [Live] });
    await module.get(Live).findTwice('1');
    expect(module.get(Live).runs).toBe(2);
  });
});

describe('class identity', () => {
  const declare = (answer: string) => {
    @Injectable()
    class Settings {
      @Cacheable()
      async read(): Promise<string> {
        return answer;
      }
    }
    return Settings;
  };

  it('classes of one name in two modules do not share default keys', async () => {
    const [AdminSettings, ShopSettings] = [declare('admin'), declare('shop')];
    @Module({ providers: [AdminSettings] })
    class AdminModule {}
    @Module({ providers: [ShopSettings] })
    class ShopModule {}
    const { module } = await apps.module({ imports: [AdminModule, ShopModule] });
    expect(await module.get(AdminSettings, { strict: false }).read()).toBe('admin');
    expect(await module.get(ShopSettings, { strict: false }).read()).toBe('shop');
  });

  it('one class that is set up differently by two modules does not share default keys', async () => {
    @Injectable()
    class Api {
      constructor(@Inject('BASE') private readonly url: string) {}
      @Cacheable()
      async base(): Promise<string> {
        return this.url;
      }
    }
    @Module({ providers: [Api, { provide: 'BASE', useValue: 'https://one' }] })
    class OneModule {}
    @Module({ providers: [Api, { provide: 'BASE', useValue: 'https://two' }] })
    class TwoModule {}
    const { module } = await apps.module({ imports: [OneModule, TwoModule] });
    const apis = [OneModule, TwoModule].map((owner) => module.select(owner).get(Api, { strict: true }));
    expect(await Promise.all(apis.map((api) => api.base()))).toEqual(['https://one', 'https://two']);
  });

  it('two classes that cannot be told apart are refused at start', async () => {
    @Module({ providers: [declare('a')] })
    class FirstModule {}
    const { FirstModule: SecondModule } = (() => {
      @Module({ providers: [declare('b')] })
      class FirstModule {}
      return { FirstModule };
    })();
    await expect(apps.module({ imports: [FirstModule, SecondModule] })).rejects.toThrow(
      /FirstModule\.Settings.*give their decorators a key/,
    );
  });
});

describe('applications', () => {
  it('two in one process use their own caches', async () => {
    const one = await apps.module({ providers: [Products] }, { keyPrefix: 'one' });
    const two = await apps.module({ providers: [Products] }, { keyPrefix: 'two' });
    await one.module.get(Products).find('1');
    expect(await one.cache.hasKey('product:1')).toBe(true);
    expect(await two.cache.hasKey('product:1')).toBe(false);
    await two.module.get(Products).find('1');
    expect(two.module.get(Products).runs).toBe(1);
  });

  it('a shared object belongs to the one started last, and to none when that has ended', async () => {
    const shared = { provide: 'PRODUCTS', useValue: new Products() };
    const one = await apps.module({ providers: [shared] }, { keyPrefix: 'one' });
    const two = await apps.module({ providers: [shared] }, { keyPrefix: 'two' });
    await one.module.close();
    await shared.useValue.findTwice('1');
    expect(shared.useValue.runs).toBe(1);
    expect(await two.cache.hasKey('product:1')).toBe(true);
    await two.module.close();
    vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await shared.useValue.findTwice('1');
    expect(shared.useValue.runs).toBe(3);
  });

  it('a shared object is again that of the application before when the last one has ended', async () => {
    const shared = { provide: 'PRODUCTS', useValue: new Products() };
    const one = await apps.module({ providers: [shared] }, { keyPrefix: 'one' });
    const two = await apps.module({ providers: [shared] }, { keyPrefix: 'two' });
    await two.module.close();
    await shared.useValue.findTwice('1');
    expect(shared.useValue.runs).toBe(1);
    expect(await one.cache.hasKey('product:1')).toBe(true);
  });

  it('a test may replace the cache, or the provider, by a fake', async () => {
    const fake = { version: 1, getOrSet: async () => 'from the fake' };
    const withCache = await apps
      .builder({ providers: [Products] })
      .overrideProvider(getCachexToken())
      .useValue(fake)
      .compile();
    expect(await withCache.get(Products).find('1')).toBe('from the fake');
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    class Listener {
      @Subscribe('orders')
      hear(): void {}
      @StreamConsumer({ stream: 'orders', group: 'mail' })
      consume(): void {}
    }
    const listening = apps
      .builder({ providers: [Listener] })
      .overrideProvider(getCachexToken())
      .useValue(fake);
    await apps.start(await listening.compile());
    for (const name of ['hear', 'consume']) {
      expect(warn).toHaveBeenCalledWith(
        `Listener.${name} is never called: something else stands in the place of its cache`,
      );
    }
    const withProvider = await apps
      .builder({ providers: [Products] })
      .overrideProvider(Products)
      .useValue({ find: async () => 'found by the fake' })
      .compile();
    expect(await (await apps.start(withProvider)).get(Products).find('1')).toBe('found by the fake');
  });

  describe('in an application without CachexModule', () => {
    class Shop {
      @WithLock({ key: 'l' })
      async locked(): Promise<string> {
        return 'without a lock';
      }
      @Cacheable()
      @WithSemaphore({ key: 's', capacity: 1 })
      async counted(): Promise<string> {
        return 'without a semaphore';
      }
      @LuaScript({ name: 'x', script: 'return 1' })
      async scripted() {
        return { keys: [], args: [] };
      }
    }

    it.each(['locked', 'counted', 'scripted'] as const)('a method that must not run alone fails: %s', async (name) => {
      const shop = (await Test.createTestingModule({ providers: [Shop] }).compile()).get(Shop);
      const call = (async () => shop[name]())();
      await expect(call).rejects.toThrow(ConfigError);
      await expect(call).rejects.toThrow(`on Shop.${name} needs CachexModule: import CachexModule.forRoot({ … })`);
    });

    it('an object created by hand runs without them', async () => {
      vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      expect(await new Shop().locked()).toBe('without a lock');
      expect(await new Shop().scripted()).toEqual({ keys: [], args: [] });
    });
  });

  it('without CachexModule a cached method simply runs, and the application logs it once', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    class Counter {
      runs = 0;
      @Cacheable()
      async one(): Promise<number> {
        return ++this.runs;
      }
      @Cacheable()
      async other(): Promise<number> {
        return ++this.runs;
      }
      @WithLock({ key: 'fails' })
      async locked(): Promise<void> {}
    }
    const byHand = new Counter();
    expect([await byHand.one(), await byHand.one()]).toEqual([1, 2]);
    const counter = (await Test.createTestingModule({ providers: [Counter] }).compile()).get(Counter);
    expect([await counter.other(), await counter.one(), await counter.other()]).toEqual([1, 2, 3]);
    expect(warn.mock.calls.map(([text]) => text as string)).toEqual([
      'Counter.one runs without its decorators: Nest has not created its object, or not yet',
      'No CachexModule is imported, so these methods run without their decorators: Counter.one, Counter.other',
    ]);
  });

  it('a call before the caches exist says so', async () => {
    const early = { provide: 'EARLY', inject: [Products], useFactory: (products: Products) => products.find('1') };
    const slow = CachexModule.forRootAsync({
      useFactory: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return apps.options();
      },
    });
    const compiling = Test.createTestingModule({ imports: [slow], providers: [Products, early] }).compile();
    await expect(compiling).rejects.toThrow('called before the caches were created');
  });
});

describe('named caches', () => {
  it('are used by name, and refused at start if missing', async () => {
    @Injectable()
    class Sessions {
      @Cacheable({ key: 'session:{0}', cache: 'sessions' })
      async find(id: string): Promise<string> {
        return id;
      }
      @CacheEvict({ key: 'session:{0}', cache: 'sessions' })
      async end(_id: string): Promise<void> {}
    }
    await expect(apps.module({ providers: [Sessions] })).rejects.toThrow(
      '@Cacheable on Sessions.find: there is no cache named "sessions"',
    );
    const sessions = CachexModule.forRoot({ ...apps.options({ keyPrefix: 'sessions' }), name: 'sessions' });
    const { module, cache } = await apps.module({ imports: [sessions], providers: [Sessions] });
    const named = module.get<CachexService>(getCachexToken('sessions'), { strict: false });
    await module.get(Sessions).find('1');
    expect([await named.hasKey('session:1'), await cache.hasKey('session:1')]).toEqual([true, false]);
    await module.get(Sessions).end('1');
    expect(await named.hasKey('session:1')).toBe(false);
  });
});

describe('methods that cannot be decorated', () => {
  it('are refused when the class is declared', () => {
    const on = (target: object, name: string, descriptor?: PropertyDescriptor) => () =>
      (Cacheable() as unknown as MethodDecorator)(target, name, descriptor!);
    class Odd {
      get value(): number {
        return 1;
      }
      static async shared(): Promise<void> {}
      async *list(): AsyncGenerator<number> {}
    }
    const of = (target: object, name: string) => on(target, name, Object.getOwnPropertyDescriptor(target, name));
    expect(of(Odd.prototype, 'value')).toThrow(/@Cacheable decorates instance methods, and value is not one/);
    expect(of(Odd, 'shared')).toThrow(TypeError);
    expect(of(Odd.prototype, 'list')).toThrow(/generator/);
    expect(on(Odd.prototype, 'arrow')).toThrow(TypeError);
  });
});
