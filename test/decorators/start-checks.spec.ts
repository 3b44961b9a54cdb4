import {
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Get,
  Headers,
  Injectable,
  Ip,
  mixin,
  Next,
  Param,
  Req,
  Res,
  Session,
  Sse,
  type Type,
  UploadedFile,
} from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { NEVER, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  Cacheable,
  CacheableMany,
  CacheEvict,
  CachePut,
  ConfigError,
  fromContext,
  Idempotent,
  type KeptType,
  OncePerFleet,
  RateLimit,
  WithLock,
  WithSemaphore,
} from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

async function refusal(metadata: { controllers?: Type[]; providers?: Type[] }): Promise<Error> {
  const error = await apps.module(metadata).then(
    () => expect.fail('it started'),
    (thrown: unknown) => thrown as Error,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error;
}

type Handler = (...args: unknown[]) => Promise<unknown>;

/** A controller with one handler that has one parameter. */
function controllerOf(parameter: ParameterDecorator, cacheable: MethodDecorator): Type {
  class Users {
    async read(_given: unknown): Promise<unknown> {
      return 1;
    }
  }
  parameter(Users.prototype, 'read', 0);
  const descriptor = Object.getOwnPropertyDescriptor(Users.prototype, 'read') as TypedPropertyDescriptor<Handler>;
  cacheable(Users.prototype, 'read', descriptor);
  Get('users')(Users.prototype, 'read', descriptor);
  Object.defineProperty(Users.prototype, 'read', descriptor);
  Controller()(Users);
  return Users;
}

const withoutKey = Cacheable() as MethodDecorator;
const withKey = Cacheable({ key: fromContext(() => 'key') }) as MethodDecorator;

describe('a handler whose answer may depend on more than its key', () => {
  it.each<[string, ParameterDecorator]>([
    ['@Req()', Req()],
    ['@Res()', Res({ passthrough: true })],
    ['@Headers()', Headers()],
    ['@Session()', Session()],
    ['@UploadedFile()', UploadedFile()],
  ])('with %s needs a key', async (name, parameter) => {
    const { message } = await refusal({ controllers: [controllerOf(parameter, withoutKey)] });
    expect(message).toContain(`@Cacheable on Users.read needs a key: ${name} cannot be part of one`);
    await apps.module({ controllers: [controllerOf(parameter, withKey)] });
  });

  it.each<[string, ParameterDecorator]>([
    ['@Headers(name)', Headers('accept')],
    ['@Ip()', Ip()],
    ['@Param()', Param()],
    ['a custom decorator', createParamDecorator((_: unknown, context: ExecutionContext) => context.getType())()],
  ])('with %s needs none', async (_, parameter) => {
    await expect(apps.module({ controllers: [controllerOf(parameter, withoutKey)] })).resolves.toBeDefined();
  });

  it('of messages, or of a gateway, with its context', async () => {
    @Controller()
    class Messages {
      @MessagePattern('m')
      @Cacheable()
      async message(@Payload() _data: unknown, @Ctx() _context: unknown): Promise<number> {
        return 1;
      }
    }
    expect((await refusal({ controllers: [Messages] })).message).toMatch('@Ctx() cannot be part of one');
    @WebSocketGateway()
    class Gateway {
      @SubscribeMessage('m')
      @Cacheable()
      async message(@ConnectedSocket() _client: unknown, @MessageBody() _data: unknown): Promise<number> {
        return 1;
      }
    }
    expect((await refusal({ providers: [Gateway] })).message).toMatch('@ConnectedSocket() cannot be part of one');
    @WebSocketGateway()
    class Undecorated {
      @SubscribeMessage('m')
      @Cacheable()
      async message(_client: unknown, _data: unknown): Promise<number> {
        return 1;
      }
    }
    expect((await refusal({ providers: [Undecorated] })).message).toMatch('@ConnectedSocket() cannot be part of one');
    @WebSocketGateway()
    class Rest {
      @SubscribeMessage('m')
      @Cacheable()
      async message(...[_client]: unknown[]): Promise<number> {
        return 1;
      }
    }
    expect((await refusal({ providers: [Rest] })).message).toMatch('@ConnectedSocket() cannot be part of one');
    @Resolver()
    class Defaults {
      @Query(() => Number)
      @Cacheable()
      async me(_root = {}, _args = {}, _context?: unknown): Promise<number> {
        return 1;
      }
    }
    expect((await refusal({ providers: [Defaults] })).message).toMatch('@Context() cannot be part of one');
  });
});

describe('a handler that answers by itself', () => {
  it.each<[string, ParameterDecorator]>([
    ['@Res()', Res()],
    ['@Next()', Next()],
  ])('with %s is refused, key or no key', async (_, parameter) => {
    const put = CachePut({ key: 'key' }) as MethodDecorator;
    for (const decorator of [withoutKey, withKey, put]) {
      const { message } = await refusal({ controllers: [controllerOf(parameter, decorator)] });
      expect(message).toMatch(/on Users\.read would store nothing: with @Res\(\) or @Next\(\)/);
    }
    await apps.module({ controllers: [controllerOf(parameter, CacheEvict({ all: true }) as MethodDecorator)] });
  });

  it('with events is refused, whatever decorates it', async () => {
    @Controller()
    class Events {
      @Sse('events')
      @WithLock({ key: 'events' })
      events(): Observable<string> {
        return NEVER;
      }
    }
    expect((await refusal({ controllers: [Events] })).message).toMatch(/^@WithLock on Events\.events.*@Sse\(\)/);
  });
});

describe('options that cannot be read', () => {
  it('of the context, on anything but a handler', async () => {
    @Injectable()
    class Users {
      @Cacheable({ key: fromContext(() => 'key') })
      async read(): Promise<number> {
        return 1;
      }
    }
    expect((await refusal({ providers: [Users] })).message).toContain(
      '@Cacheable key on Users.read reads the request context, which only controllers and other handlers have',
    );
  });

  it('of a request, on anything but a handler', async () => {
    @Injectable()
    class Users {
      @CacheEvict({ keys: ['all', 'user:{params.id}'] })
      async write(): Promise<void> {}
    }
    expect((await refusal({ providers: [Users] })).message).toContain(
      '@CacheEvict keys on Users.write cannot use {params.id}: outside of handlers, name arguments by position, such as {0} or {0.id}',
    );
  });

  it('functions of values that do not exist yet', async () => {
    const decorator = Cacheable({ key: (file: { name: string }) => file.name }) as MethodDecorator;
    expect((await refusal({ controllers: [controllerOf(UploadedFile(), decorator)] })).message).toContain(
      '@Cacheable key on Users.read cannot be a function: @UploadedFile() is not available yet; use fromContext',
    );
  });

  it('of the wrong type, when the class is declared', () => {
    const wrong = (options: object) => () => Cacheable(options as { key: string });
    expect(wrong({ key: '' })).toThrow('@Cacheable key must be a non-empty string, not an empty one');
    expect(wrong({ key: 1 })).toThrow('@Cacheable key must be a function, not 1');
    expect(wrong({ key: 'user:{' })).toThrow("'user:{' is not a valid template");
    expect(wrong({ condition: true })).toThrow('@Cacheable condition must be a function, not boolean');
    expect(wrong({ unless: 'x' })).toThrow('@Cacheable unless must be a function, not string');
    expect(() => CacheEvict({})).toThrow('@CacheEvict needs a key, keys, a pattern, tags or all');
    expect(() => CacheEvict({ all: true, when: 'during' as 'after' })).toThrow(
      "when must be 'before', 'after' or 'commit'",
    );
  });

  class User {}
  const many = { key: 'user:{0}' };
  const limit = { key: 'k', limit: 1, window: 1 };
  it.each<[string, (options: never) => unknown, object, string]>([
    ['@Cacheable', Cacheable, { timeout: '60' }, "timeout '60' has no unit"],
    ['@Cacheable', Cacheable, { jitter: 'soon' }, 'jitter must be'],
    ['@Cacheable', Cacheable, { grace: 'long' }, 'grace must be'],
    ['@Cacheable', Cacheable, { softTimeout: '1x' }, 'softTimeout must be'],
    ['@Cacheable', Cacheable, { hardTimeout: 0 }, 'hardTimeout must be'],
    ['@Cacheable', Cacheable, { lock: 'yes' }, 'lock must be true or false'],
    ['@Cacheable', Cacheable, { stampede: 5 }, 'stampede must be'],
    ['@Cacheable', Cacheable, { version: '' }, 'version must be'],
    ['@Cacheable', Cacheable, { type: 'User' }, '@Cacheable type must be a class'],
    ['@Cacheable', Cacheable, { type: [] }, '@Cacheable type must be a class'],
    ['@Cacheable', Cacheable, { type: [User, User, User] }, '@Cacheable type must be a class'],
    ['@Cacheable', Cacheable, { type: { user: undefined } }, '@Cacheable type.user must be a class'],
    ['@CacheableMany', CacheableMany, { ...many, timeout: '1x' }, 'timeout must be'],
    ['@CacheableMany', CacheableMany, { ...many, type: [User, null] }, '@CacheableMany type must be a class'],
    ['@CachePut', CachePut, { key: 'k', timeout: '1x' }, 'timeout must be'],
    ['@CachePut', CachePut, { key: 'k', version: 'a:b' }, 'version must be'],
    ['@CacheEvict', CacheEvict, { key: 'k', version: 1.5 }, 'version must be'],
    ['@CacheEvict', CacheEvict, { keys: [] }, '@CacheEvict keys must not be an empty list'],
    ['@CacheEvict', CacheEvict, { tags: [] }, '@CacheEvict tags must not be an empty list'],
    ['@CacheEvict', CacheEvict, { all: 'false' }, 'all must be true or false'],
    ['@Idempotent', Idempotent, { timeout: 1, type: 5 }, '@Idempotent type must be a class'],
    ['@Idempotent', Idempotent, { timeout: 1, version: '' }, 'version must be'],
    ['@RateLimit', RateLimit, { ...limit, name: '' }, '@RateLimit name must not be empty'],
    ['@RateLimit', RateLimit, { ...limit, version: '' }, 'version must be'],
    ['@WithLock', WithLock, { key: 'k', timeout: '1x' }, 'timeout must be'],
    ['@WithLock', WithLock, { key: 'k', blockingTimeout: '1x' }, 'blockingTimeout must be'],
    ['@WithLock', WithLock, { key: 'k', blocking: 'false' }, 'blocking must be true or false'],
    ['@WithLock', WithLock, { key: 'k', version: '' }, 'version must be'],
    ['@WithLock', WithLock, { key: [] }, '@WithLock key must not be an empty list'],
    ['@WithSemaphore', WithSemaphore, { key: 'k', capacity: 1, weight: 2 }, 'can never fit'],
    ['@WithSemaphore', WithSemaphore, { key: 'k', capacity: 1, autoExtend: 1 }, 'autoExtend must be true or false'],
  ])('what each call would fail of, when the class is declared: %s', (_, decorator, options, why) => {
    expect(() => decorator(options as never)).toThrow(why);
  });

  it('takes types that refer to themselves', () => {
    const node: { children?: KeptType } = {};
    node.children = [User, node as { children: KeptType }];
    expect(() => Cacheable({ type: node as { children: KeptType } })).not.toThrow();
  });

  it('of a class that mixin() names at random, without a key', async () => {
    class Base {
      @OncePerFleet({ window: '1h' })
      async run(): Promise<void> {}
    }
    const why = '@OncePerFleet on [0-9a-f]{21}.run needs a key: mixin\\(\\) names its class differently';
    await expect(apps.module({ providers: [mixin(Base)] })).rejects.toThrow(new RegExp(why));
    @Injectable()
    class Named extends mixin(class extends Base {}) {}
    await apps.module({ providers: [Named] });
  });
});
