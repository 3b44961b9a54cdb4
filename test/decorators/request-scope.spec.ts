import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  forwardRef,
  Get,
  Global,
  Inject,
  Injectable,
  type InjectionToken,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestMiddleware,
  type NestModule,
  Optional,
  Scope,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, ContextIdFactory, LazyModuleLoader, ModuleRef, REQUEST } from '@nestjs/core';
import { CONTEXT, MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Query, Resolver } from '@nestjs/graphql';
import { describe, expect, it } from 'vitest';
import { Cacheable, type CacheableOptions, ConfigError } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

/** An application whose decorated methods have these options. */
type Declare = (options: CacheableOptions) => ModuleMetadata;

async function refusal(metadata: ModuleMetadata): Promise<string> {
  const error = await apps.module(metadata).then(
    () => expect.fail('it started'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}

@Injectable({ scope: Scope.REQUEST })
class Who {
  name = '';
}
const who = (): Who => new Who();

/** A service with injected dependencies, which are given as a decorator of its constructor would name them. */
function serviceWith(token: InjectionToken | { forwardRef: () => unknown }, options: CacheableOptions): Type {
  @Injectable()
  class Service {
    constructor(@Inject(token as InjectionToken) readonly injected: unknown) {}
    @Cacheable(options)
    async read(): Promise<number> {
      return 1;
    }
  }
  return Service;
}

describe('request-scoped providers, and those that inject one, need a key', () => {
  it.each<[string, Declare]>([
    [
      'itself',
      (options) => {
        @Injectable({ scope: Scope.REQUEST })
        class Service {
          @Cacheable(options)
          async read(): Promise<number> {
            return 1;
          }
        }
        return { providers: [Service] };
      },
    ],
    [
      'by its provider',
      (options) => {
        class Service {
          @Cacheable(options)
          async read(): Promise<number> {
            return 1;
          }
        }
        return { providers: [{ provide: 'SERVICE', useClass: Service, scope: Scope.REQUEST }] };
      },
    ],
    [
      'durable, which is one for each tenant',
      (options) => {
        @Injectable({ scope: Scope.REQUEST, durable: true })
        class Tenant {}
        return { providers: [Tenant, serviceWith(Tenant, options)] };
      },
    ],
    ['in its constructor', (options) => ({ providers: [Who, serviceWith(Who, options)] })],
    ['the request', (options) => ({ providers: [serviceWith(REQUEST, options)] })],
    ['the context of a message', (options) => ({ providers: [serviceWith(CONTEXT, options)] })],
    [
      'in a property',
      (options) => {
        @Injectable()
        class Service {
          @Inject(Who) readonly who!: Who;
          @Cacheable(options)
          async read(): Promise<number> {
            return 1;
          }
        }
        return { providers: [Who, Service] };
      },
    ],
    [
      'in a property that it inherits',
      (options) => {
        abstract class Base {
          @Inject(Who) readonly who!: Who;
        }
        @Injectable()
        class Service extends Base {
          @Cacheable(options)
          async read(): Promise<number> {
            return 1;
          }
        }
        return { providers: [Who, Service] };
      },
    ],
    [
      'in a constructor that it inherits',
      (options) => {
        @Injectable()
        abstract class Base {
          constructor(readonly who: Who) {}
        }
        @Injectable()
        class Service extends Base {
          @Cacheable(options)
          async read(): Promise<number> {
            return 1;
          }
        }
        return { providers: [Who, Service] };
      },
    ],
    [
      'where it is optional',
      (options) => {
        @Injectable()
        class Service {
          constructor(@Optional() readonly who?: Who) {}
          @Cacheable(options)
          async read(): Promise<number> {
            return 1;
          }
        }
        return { providers: [Who, Service] };
      },
    ],
    [
      'by forwardRef',
      (options) => ({
        providers: [
          Who,
          serviceWith(
            forwardRef(() => Who),
            options,
          ),
        ],
      }),
    ],
    [
      'in a circle',
      (options) => {
        @Injectable()
        class One {
          constructor(@Inject(forwardRef(() => Two)) readonly two: object) {}
          @Cacheable(options)
          async read(): Promise<number> {
            return 1;
          }
        }
        @Injectable()
        class Two {
          constructor(
            @Inject(forwardRef(() => One)) readonly one: One,
            readonly who: Who,
          ) {}
        }
        return { providers: [Who, One, Two] };
      },
    ],
    [
      'by an alias',
      (options) => ({ providers: [Who, { provide: 'ALIAS', useExisting: Who }, serviceWith('ALIAS', options)] }),
    ],
    [
      'made by a factory',
      (options) => ({
        providers: [{ provide: 'WHO', scope: Scope.REQUEST, useFactory: who }, serviceWith('WHO', options)],
      }),
    ],
    [
      'injected into a factory',
      (options) => ({
        providers: [
          Who,
          { provide: 'NAME', inject: [{ token: Who, optional: true }], useFactory: ({ name }: Who) => name },
          serviceWith('NAME', options),
        ],
      }),
    ],
    [
      'injected into a factory by a class that has a token of its own',
      (options) => {
        @Injectable({ scope: Scope.REQUEST })
        class Tenant {
          static readonly token = 'TENANT';
        }
        return {
          providers: [
            Tenant,
            { provide: 'NAME', inject: [Tenant], useFactory: () => '' },
            serviceWith('NAME', options),
          ],
        };
      },
    ],
    [
      'far away',
      (options) => {
        @Injectable()
        class Near {
          constructor(@Inject('MIDDLE') readonly middle: unknown) {}
        }
        const middle = { provide: 'MIDDLE', inject: ['FAR'], useFactory: (far: unknown) => far };
        return {
          providers: [Who, { provide: 'FAR', useExisting: Who }, middle, Near, serviceWith(Near, options)],
        };
      },
    ],
    [
      'behind something transient',
      (options) => {
        @Injectable({ scope: Scope.TRANSIENT })
        class Log {
          constructor(readonly who: Who) {}
        }
        return { providers: [Who, Log, serviceWith(Log, options)] };
      },
    ],
    [
      'from a module that is imported',
      (options) => {
        @Module({ providers: [Who], exports: [Who] })
        class Inner {}
        @Module({ imports: [Inner], exports: [Inner] })
        class Outer {}
        return { imports: [Outer], providers: [serviceWith(Who, options)] };
      },
    ],
    [
      'from a global module',
      (options) => {
        @Global()
        @Module({ providers: [Who], exports: [Who] })
        class WhoModule {}
        @Module({ providers: [serviceWith(Who, options)] })
        class ServiceModule {}
        return { imports: [WhoModule, ServiceModule] };
      },
    ],
    [
      'as a controller',
      (options) => {
        @Controller({ path: 'me', scope: Scope.REQUEST })
        class Me {
          @Get()
          @Cacheable(options)
          async me(): Promise<number> {
            return 1;
          }
        }
        return { controllers: [Me] };
      },
    ],
    [
      'as a handler of messages',
      (options) => {
        @Controller()
        class Messages {
          constructor(@Inject(CONTEXT) readonly context: unknown) {}
          @MessagePattern('me')
          @Cacheable(options)
          async me(): Promise<number> {
            return 1;
          }
        }
        return { controllers: [Messages] };
      },
    ],
    [
      'as a resolver',
      (options) => {
        @Resolver()
        class Me {
          constructor(readonly who: Who) {}
          @Query(() => Number)
          @Cacheable(options)
          async me(): Promise<number> {
            return 1;
          }
        }
        return { providers: [Who, Me] };
      },
    ],
    [
      'as a gateway',
      (options) => {
        @WebSocketGateway()
        class Me {
          constructor(readonly who: Who) {}
          @SubscribeMessage('me')
          @Cacheable(options)
          async me(): Promise<number> {
            return 1;
          }
        }
        return { providers: [Who, Me] };
      },
    ],
    [
      'as a guard',
      (options) => {
        @Injectable({ scope: Scope.REQUEST })
        class Guard implements CanActivate {
          @Cacheable(options)
          async roles(): Promise<string[]> {
            return [];
          }
          canActivate = () => true;
        }
        @UseGuards(Guard)
        @Controller()
        class Any {}
        return { controllers: [Any] };
      },
    ],
    [
      'as a guard of all',
      (options) => {
        @Injectable()
        class Guard implements CanActivate {
          constructor(@Inject(REQUEST) readonly request: unknown) {}
          @Cacheable(options)
          async roles(): Promise<string[]> {
            return [];
          }
          canActivate = () => true;
        }
        return { providers: [{ provide: APP_GUARD, useClass: Guard, scope: Scope.REQUEST }] };
      },
    ],
  ])('%s', async (_, declare) => {
    expect(await refusal(declare({}))).toMatch(/^@Cacheable on \w+\.\w+ needs a key: .*request-scoped/);
    await apps.module(declare({ key: 'answer' }));
  });

  it('before anything is connected, with the path to the request', async () => {
    @Injectable()
    class Auth {
      constructor(readonly who: Who) {}
    }
    const { message } = await apps
      .builder({ providers: [Who, Auth, serviceWith(Auth, {})] }, { connection: 'redis://127.0.0.1:1' })
      .compile()
      .then(
        () => expect.fail('it started'),
        (thrown: unknown) => thrown as Error,
      );
    expect(message).toContain(
      '@Cacheable on Service.read needs a key: a dependency (Service → Auth → Who) is request-scoped, ' +
        'so the answer may depend on the caller',
    );
  });

  it('also if it comes later: by ModuleRef.create, in a lazily loaded module, as a middleware', async () => {
    @Injectable()
    class Late implements NestMiddleware {
      constructor(readonly who: Who) {}
      @Cacheable()
      async read(): Promise<number> {
        return 1;
      }
      use(_request: unknown, _response: unknown, next: () => void): void {
        next();
      }
    }
    @Injectable()
    class Maker {
      constructor(
        readonly moduleRef: ModuleRef,
        readonly loader: LazyModuleLoader,
      ) {}
    }
    const { module } = await apps.module({ providers: [Who, Maker] });
    const { moduleRef, loader } = module.get(Maker);
    await expect((await moduleRef.create(Late, ContextIdFactory.create())).read()).rejects.toThrow(
      '(Late → Who) is request-scoped',
    );

    @Module({ providers: [Who, Late] })
    class LazyModule {}
    const lazy = await loader.load(() => LazyModule);
    await expect((await lazy.resolve(Late)).read()).rejects.toThrow('(Late → Who) is request-scoped');

    @Module({ providers: [Who] })
    class WithMiddleware implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer.apply(Late).forRoutes('*path');
      }
    }
    await expect(apps.http('express', { imports: [WithMiddleware] })).rejects.toThrow('(Late → Who) is request-scoped');
  });

  it('data that a guard has written into it reach nobody else', async () => {
    @Injectable()
    class Auth implements CanActivate {
      constructor(private readonly who: Who) {}
      canActivate(context: ExecutionContext): boolean {
        this.who.name = context.switchToHttp().getRequest<{ headers: { x: string } }>().headers.x;
        return true;
      }
    }
    const declare = (options: CacheableOptions) => {
      @UseGuards(Auth)
      @Controller('me')
      class Me {
        constructor(private readonly who: Who) {}
        @Get()
        @Cacheable(options)
        async me(): Promise<string> {
          return this.who.name;
        }
      }
      return { controllers: [Me], providers: [Who, Auth] };
    };
    expect(await refusal(declare({}))).toMatch('@Cacheable on Me.me needs a key');
    const { request } = await apps.http('express', declare({ key: 'me:{headers.x}' }));
    for (const x of ['ann', 'bob']) expect((await request('/me', { headers: { x } })).text).toBe(x);
  });
});
