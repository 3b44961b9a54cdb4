import {
  type CanActivate,
  Controller,
  type DynamicModule,
  Get,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  Optional,
  Scope,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { Cacheable, CachexService, ConfigError } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

async function refusal(metadata: ModuleMetadata): Promise<string> {
  const error = await apps.module(metadata).then(
    () => expect.fail('it started'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}

@Injectable()
class Rates {
  constructor(@Optional() @Inject('REGION') private readonly region = '') {}
  @Cacheable()
  async get(): Promise<string> {
    return this.region;
  }
}

@Injectable()
class NamedRates {
  constructor(@Optional() @Inject('REGION') private readonly region = '') {}
  @Cacheable({ key: () => 'rates' })
  async get(): Promise<string> {
    return this.region;
  }
}

describe('several objects of one class need a key', () => {
  it.each<[string, (host: typeof Rates) => ModuleMetadata]>([
    [
      'of factories',
      (host) => ({ providers: ['eu', 'us'].map((provide) => ({ provide, useFactory: () => new host(provide) })) }),
    ],
    [
      'of factories that take their time',
      (host) => ({
        providers: ['eu', 'us'].map((provide) => ({ provide, useFactory: async () => new host(provide) })),
      }),
    ],
    ['of values', (host) => ({ providers: ['eu', 'us'].map((provide) => ({ provide, useValue: new host(provide) })) })],
    [
      'of a factory and a value',
      (host) => ({
        providers: [
          { provide: 'eu', useValue: new host('eu') },
          { provide: 'us', useFactory: () => new host('us') },
        ],
      }),
    ],
    [
      'of a class and a value',
      (host) => ({
        providers: [
          { provide: 'eu', useValue: new host('eu') },
          { provide: 'us', useClass: host },
        ],
      }),
    ],
    [
      'of a class under two tokens',
      (host) => ({ providers: ['eu', 'us'].map((provide) => ({ provide, useClass: host })) }),
    ],
    [
      'of a class that is a guard as well',
      (host) => {
        @UseGuards(host as unknown as Type<CanActivate>)
        @Controller()
        class Any {}
        (host.prototype as unknown as CanActivate).canActivate = () => true;
        return { providers: [host], controllers: [Any] };
      },
    ],
    ['that is transient', (host) => ({ providers: [{ provide: 'eu', useClass: host, scope: Scope.TRANSIENT }] })],
    [
      'of a module that is imported twice',
      (host) => {
        @Module({})
        class RatesModule {
          static of(region: string): DynamicModule {
            const rates = { provide: region, useFactory: () => new host(region) };
            return { module: RatesModule, providers: [rates], exports: [region] };
          }
        }
        return { imports: [RatesModule.of('eu'), RatesModule.of('us')] };
      },
    ],
  ])('%s', async (_, declare) => {
    // Guards are registered by class.
    class Without extends Rates {}
    class With extends NamedRates {}
    expect(await refusal(declare(Without as unknown as typeof Rates))).toMatch(
      /give their decorators a key|needs a key/,
    );
    await apps.module(declare(With as unknown as typeof Rates));
  });

  it('and if they are refused late, nothing stays connected', async () => {
    const providers = ['eu', 'us'].map((provide) => ({ provide, useFactory: () => new Rates(provide) }));
    const module = await apps.builder({ providers }).compile();
    await expect(module.init()).rejects.toThrow(
      '@Cacheable on Rates.get needs a key: RootTestModule has several instances of Rates, which may answer differently',
    );
    await expect(module.get(CachexService).get('key')).rejects.toThrow('closed');
  });

  it('if ModuleRef.create makes one, its calls are refused', async () => {
    @Injectable()
    class Maker {
      constructor(readonly moduleRef: ModuleRef) {}
    }
    @Injectable()
    class Provided {
      region = 'none';
      @Cacheable()
      async get(): Promise<string> {
        return this.region;
      }
    }
    @Injectable()
    class Created extends Provided {}
    const { module } = await apps.module({ providers: [Maker, Provided] });
    const { moduleRef } = module.get(Maker);
    for (const [host, why] of [
      [Provided, 'RootTestModule has several instances of Provided'],
      [Created, 'Created is not a provider of RootTestModule'],
    ] as const) {
      const created = await moduleRef.create(host);
      created.region = 'eu';
      await expect(created.get()).rejects.toThrow(`needs a key: ${why}`);
    }
    expect(await module.get(Provided).get()).toBe('none');
  });

  it('also before the application is ready, whichever of them is called first', async () => {
    @Injectable()
    class Provided {
      region = 'none';
      @Cacheable()
      async get(): Promise<string> {
        return this.region;
      }
    }
    const first = {
      provide: 'FIRST',
      inject: [ModuleRef, CachexService],
      useFactory: async (moduleRef: ModuleRef) => {
        const created = await moduleRef.create(Provided);
        created.region = 'eu';
        return created.get().catch((error: Error) => error.message);
      },
    };
    const { module } = await apps.module({ providers: [first, Provided] });
    expect(module.get('FIRST')).toMatch('RootTestModule has several instances of Provided');
    expect(await module.get(Provided).get()).toBe('none');
  });

  it('of two classes with one constructor from a mixin', async () => {
    class Mixin {
      @Cacheable()
      async get(): Promise<string> {
        return 'mixed in';
      }
    }
    class Eu {}
    class Us {}
    for (const host of [Eu, Us]) {
      Object.defineProperties(host.prototype, Object.getOwnPropertyDescriptors(Mixin.prototype));
    }
    const providers = [Eu, Us].map((host) => ({ provide: host, useFactory: () => new host() }));
    expect(await refusal({ providers })).toMatch('Two methods are named RootTestModule.Mixin.');
  });

  it('if a list has them, they are not cached', async () => {
    const list = { provide: 'ALL', useFactory: () => ['eu', 'us'].map((region) => new Rates(region)) };
    const { module, cache } = await apps.module({ providers: [list] });
    expect(await Promise.all(module.get<Rates[]>('ALL').map((rates) => rates.get()))).toEqual(['eu', 'us']);
    expect(await cache.keys()).toEqual([]);
  });
});

describe('a single object needs no key', () => {
  it.each<[string, () => ModuleMetadata]>([
    [
      'under two tokens',
      () => {
        const rates = new Rates('eu');
        return { providers: ['eu', 'de'].map((provide) => ({ provide, useValue: rates })) };
      },
    ],
    [
      'by an alias',
      () => ({
        providers: [
          { provide: 'eu', useFactory: () => new Rates('eu') },
          { provide: 'de', useExisting: 'eu' },
        ],
      }),
    ],
    [
      'that a factory passes on',
      () => ({
        providers: [
          { provide: 'eu', useFactory: () => new Rates('eu') },
          { provide: 'de', inject: ['eu'], useFactory: (rates: Rates) => rates },
        ],
      }),
    ],
  ])('%s', async (_, declare) => {
    const { module, cache } = await apps.module(declare());
    expect([await module.get<Rates>('eu').get(), await module.get<Rates>('de').get()]).toEqual(['eu', 'eu']);
    expect(await cache.keys()).toHaveLength(1);
  });

  it('in each of two modules', async () => {
    @Module({ providers: [{ provide: 'eu', useFactory: () => new Rates('eu') }], exports: ['eu'] })
    class EuModule {}
    @Module({ providers: [{ provide: 'us', useFactory: () => new Rates('us') }], exports: ['us'] })
    class UsModule {}
    const { module } = await apps.module({ imports: [EuModule, UsModule] });
    for (const region of ['eu', 'us', 'eu']) {
      expect(await module.get<Rates>(region, { strict: false }).get()).toBe(region);
    }
  });

  it('of a class that a decorator has replaced by a proxy', async () => {
    const Traced: ClassDecorator = (host) => new Proxy(host, {});
    @Controller('users')
    @Traced
    class Users {
      @Get()
      @Cacheable()
      async read(): Promise<number> {
        return 1;
      }
    }
    const { request } = await apps.http('express', { controllers: [Users] });
    expect([(await request('/users')).cached, (await request('/users')).cached]).toEqual(['MISS', 'HIT']);
  });

  it('for each request, if only a guard is request-scoped', async () => {
    let runs = 0;
    @Injectable({ scope: Scope.REQUEST })
    class Guard implements CanActivate {
      canActivate = () => true;
    }
    @UseGuards(Guard)
    @Controller('users')
    class Users {
      @Get()
      @Cacheable()
      async read(): Promise<number> {
        return ++runs;
      }
      @Get('count')
      async readCount(): Promise<number> {
        return this.count();
      }
      @Cacheable()
      async count(): Promise<number> {
        return ++runs;
      }
    }
    const { request } = await apps.http('express', { controllers: [Users] });
    expect([(await request('/users')).cached, (await request('/users')).cached]).toEqual(['MISS', 'HIT']);
    expect([(await request('/users/count')).body, (await request('/users/count')).body]).toEqual([2, 2]);
  });
});

describe('methods that cannot be told apart', () => {
  const declare = (one: string | symbol, other: string | symbol, key?: string) => {
    @Injectable()
    class Reports {
      @Cacheable({ ...(key && { key: `${key}:one` }) })
      async [one](): Promise<string> {
        return 'one';
      }
      @Cacheable({ ...(key && { key: `${key}:other` }) })
      async [other](): Promise<string> {
        return 'other';
      }
    }
    return { providers: [Reports] };
  };

  it.each<[string, string | symbol, string | symbol]>([
    ['two symbols of one description', Symbol('f'), Symbol('f')],
    ['two symbols without one', Symbol(), Symbol()],
    ['a symbol and one of the registry', Symbol('f'), Symbol.for('f')],
    ['a symbol and its text', Symbol('f'), 'Symbol(f)'],
  ])('%s need a key', async (_, one, other) => {
    expect(await refusal(declare(one, other))).toMatch(
      /^Two methods are named RootTestModule\.Reports\..*give their decorators a key/,
    );
    await apps.module(declare(one, other, 'report'));
  });

  it('a class and a method, with dots in their names', async () => {
    const [dotted, plain] = ['A.b', 'A'].map((name) => {
      class Named {
        @Cacheable()
        async [name === 'A' ? 'b.c' : 'c'](): Promise<string> {
          return name;
        }
      }
      Object.defineProperty(Named, 'name', { value: name });
      return Named;
    });
    expect(await refusal({ providers: [dotted!, plain!] })).toMatch('Two methods are named RootTestModule.A.b.c');
  });

  it('symbols with different descriptions need none', async () => {
    const [one, other] = [Symbol('one'), Symbol('other')];
    const { providers } = declare(one, other);
    const { module } = await apps.module({ providers });
    const reports = module.get<Record<symbol, () => Promise<string>>>(providers[0]!);
    for (let i = 0; i < 2; i++) expect([await reports[one]!(), await reports[other]!()]).toEqual(['one', 'other']);
  });
});
