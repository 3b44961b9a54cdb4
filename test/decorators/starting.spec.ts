import { AsyncLocalStorage } from 'node:async_hooks';
import {
  Controller,
  Get,
  Headers,
  Inject,
  Injectable,
  Module,
  type NestMiddleware,
  type OnModuleInit,
  Param,
  Scope,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  UseInterceptors,
  type NestInterceptor,
  type CallHandler,
} from '@nestjs/common';
import { INQUIRER, ModuleRef, REQUEST } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { Cacheable, CachexService, fromContext } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

/** Applications that separate their callers, and start without a warning. */
describe('an application starts', () => {
  it('if something request-scoped uses a cached singleton', async () => {
    @Injectable()
    class Products {
      runs = 0;
      @Cacheable()
      async find(id: string): Promise<string> {
        return `${id} ${++this.runs}`;
      }
    }
    @Injectable({ scope: Scope.REQUEST })
    class Log {
      constructor(@Inject(REQUEST) readonly request: unknown) {}
    }
    @Controller('products')
    class ProductsController {
      constructor(
        private readonly products: Products,
        readonly log: Log,
      ) {}
      @Get(':id')
      async read(@Param('id') id: string): Promise<string> {
        return this.products.find(id);
      }
    }
    const { request } = await apps.http('express', { controllers: [ProductsController], providers: [Products, Log] });
    for (let i = 0; i < 2; i++) expect((await request('/products/a')).text).toBe('a 1');
  });

  it('if guards and interceptors are request-scoped, which run on every hit', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Guard implements CanActivate {
      constructor(@Inject(REQUEST) private readonly request: { headers: Record<string, string> }) {}
      canActivate(_context: ExecutionContext): boolean {
        return this.request.headers['x-user'] === 'ann';
      }
    }
    @Injectable({ scope: Scope.REQUEST })
    class Outer implements NestInterceptor {
      constructor(@Inject(REQUEST) readonly request: unknown) {}
      intercept(_context: ExecutionContext, next: CallHandler) {
        return next.handle();
      }
    }
    @UseGuards(Guard)
    @UseInterceptors(Outer)
    @Controller('reports')
    class Reports {
      @Get()
      @Cacheable()
      async read(): Promise<string> {
        return 'report';
      }
    }
    const { request } = await apps.http('fastify', { controllers: [Reports] });
    const read = async (user: string) => {
      const { status, cached } = await request('/reports', { headers: { 'x-user': user } });
      return cached ?? status;
    };
    expect([await read('ann'), await read('ann'), await read('bob')]).toEqual(['MISS', 'HIT', 403]);
  });

  it('if an AsyncLocalStorage identifies the caller, which the key must name', async () => {
    const users = new AsyncLocalStorage<string>();
    @Injectable()
    class CurrentUser {
      get name(): string {
        return users.getStore() ?? 'nobody';
      }
    }
    @Injectable()
    class SetUser implements NestMiddleware {
      use({ headers }: { headers: Record<string, string> }, _response: unknown, next: () => void): void {
        users.run(headers['x-user'] ?? '', next);
      }
    }
    @Injectable()
    class Carts {
      constructor(private readonly user: CurrentUser) {}
      @Cacheable({ key: (user: string) => `cart:${user}` })
      private async of(user: string): Promise<string> {
        return `cart of ${user}`;
      }
      mine(): Promise<string> {
        return this.of(this.user.name);
      }
    }
    @Controller('cart')
    class CartController {
      constructor(private readonly carts: Carts) {}
      @Get()
      read(): Promise<string> {
        return this.carts.mine();
      }
    }
    @Module({ controllers: [CartController], providers: [Carts, CurrentUser] })
    class CartModule {
      configure(consumer: { apply(of: typeof SetUser): { forRoutes(of: typeof CartController): void } }): void {
        consumer.apply(SetUser).forRoutes(CartController);
      }
    }
    const { request } = await apps.http('express', { imports: [CartModule] });
    for (const user of ['ann', 'bob', 'ann']) {
      expect((await request('/cart', { headers: { 'x-user': user } })).text).toBe(`cart of ${user}`);
    }
  });

  it('if a singleton injects a transient provider, or the ModuleRef', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Log {
      constructor(@Inject(INQUIRER) readonly owner: object) {}
    }
    @Injectable()
    class Users implements OnModuleInit {
      runs = 0;
      constructor(
        readonly log: Log,
        readonly moduleRef: ModuleRef,
        readonly cache: CachexService,
      ) {}
      onModuleInit(): Promise<number> {
        return this.count();
      }
      @Cacheable()
      async count(): Promise<number> {
        return ++this.runs;
      }
    }
    const { module } = await apps.module({ providers: [Log, Users] });
    expect(await module.get(Users).count()).toBe(1);
  });

  it('if a token that is request-scoped elsewhere is another provider here', async () => {
    @Module({ providers: [{ provide: 'LOG', scope: Scope.REQUEST, useFactory: () => ({}) }], exports: ['LOG'] })
    class RequestLogModule {}
    @Injectable()
    class Users {
      constructor(@Inject('LOG') readonly log: object) {}
      @Cacheable()
      async count(): Promise<number> {
        return 1;
      }
    }
    @Module({ imports: [RequestLogModule], providers: [Users, { provide: 'LOG', useValue: console }] })
    class UsersModule {}
    @Module({ providers: [{ provide: 'LOG', useValue: console }], exports: ['LOG'] })
    class LogModule {}
    @Module({ imports: [LogModule], providers: [Users] })
    class OtherModule {}
    await expect(apps.module({ imports: [RequestLogModule, UsersModule, OtherModule] })).resolves.toBeDefined();
  });

  it('if a constructor names by token a provider of another type', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class User {}
    @Injectable()
    class Reports {
      constructor(@Inject('SYSTEM_USER') readonly user: User) {}
      @Cacheable()
      async read(): Promise<number> {
        return 1;
      }
    }
    const providers = [User, Reports, { provide: 'SYSTEM_USER', useValue: new User() }];
    await expect(apps.module({ providers })).resolves.toBeDefined();
  });

  it('if a test replaces the request-scoped provider', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class User {}
    @Injectable()
    class Reports {
      constructor(readonly user: User) {}
      @Cacheable()
      async read(): Promise<number> {
        return 1;
      }
    }
    const builder = apps
      .builder({ providers: [User, Reports] })
      .overrideProvider(User)
      .useValue({});
    await expect(apps.start(await builder.compile())).resolves.toBeDefined();
  });

  it('if keys distinguish the users', async () => {
    @Controller({ path: 'me', scope: Scope.REQUEST })
    class Me {
      constructor(@Inject(REQUEST) private readonly request: { headers: Record<string, string> }) {}
      @Get('a')
      @Cacheable({ key: fromContext((context) => `me:${context.getArgByIndex<Me['request']>(0).headers['x-user']}`) })
      async byContext(): Promise<string> {
        return this.request.headers['x-user']!;
      }
      @Get('b')
      @Cacheable({ key: (user: string) => `me too:${user}` })
      async byArgument(@Headers('x-user') _user: string): Promise<string> {
        return this.request.headers['x-user']!;
      }
    }
    const { request } = await apps.http('express', { controllers: [Me] });
    for (const path of ['/me/a', '/me/b']) {
      for (const user of ['ann', 'bob', 'ann']) {
        expect((await request(path, { headers: { 'x-user': user } })).text).toBe(user);
      }
    }
  });
});
