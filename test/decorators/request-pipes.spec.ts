import {
  Controller,
  createParamDecorator,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Inject,
  Injectable,
  type ModuleMetadata,
  Param,
  ParseIntPipe,
  type PipeTransform,
  Scope,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { APP_PIPE, REQUEST } from '@nestjs/core';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { describe, expect, it } from 'vitest';
import { Cacheable, type CacheableOptions, CacheEvict, CachePut, ConfigError, fromContext } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

interface WithUser {
  readonly headers: { readonly 'x-user'?: string };
}

@Injectable({ scope: Scope.REQUEST })
class OwnerPipe implements PipeTransform<string> {
  constructor(@Inject(REQUEST) private readonly request: WithUser) {}
  transform(id: string): string {
    if (id !== this.request.headers['x-user']) throw new ForbiddenException();
    return id;
  }
}

@Injectable()
class DistantPipe implements PipeTransform {
  constructor(readonly pipe: OwnerPipe) {}
  transform(id: string): string {
    return this.pipe.transform(id);
  }
}

const Whose = createParamDecorator((_: unknown, context: ExecutionContext) => context.getArgs().length);
const ofUser = fromContext(
  (context) => `secret:${context.switchToHttp().getRequest<WithUser>().headers['x-user']}:${context.getHandler().name}`,
);

function controllerOf(cached: MethodDecorator, parameter: ParameterDecorator): ModuleMetadata {
  @Controller('secrets')
  class Secrets {
    @Get(':id')
    @cached
    async read(@parameter id: string): Promise<string> {
      return `secret of ${id}`;
    }
    @Get('open/:id')
    async open(@Param('id', OwnerPipe) id: string): Promise<string> {
      return id;
    }
  }
  return { controllers: [Secrets] };
}

const declarations: [string, (cached: MethodDecorator) => ModuleMetadata][] = [
  ['of a parameter', (cached) => controllerOf(cached, Param('id', OwnerPipe))],
  ['of a custom parameter', (cached) => controllerOf(cached, Whose(OwnerPipe))],
  [
    'that has another injected',
    (cached) => ({ ...controllerOf(cached, Param('id', DistantPipe)), providers: [OwnerPipe] }),
  ],
  [
    'of a method, below the cache',
    (cached) => {
      @Controller('secrets')
      class Secrets {
        @Get(':id')
        @cached
        @UsePipes(OwnerPipe)
        async read(@Param('id') id: string): Promise<string> {
          return `secret of ${id}`;
        }
      }
      return { controllers: [Secrets] };
    },
  ],
  [
    'of a method, above the cache',
    (cached) => {
      @Controller('secrets')
      class Secrets {
        @Get(':id')
        @UsePipes(OwnerPipe)
        @cached
        async read(@Param('id') id: string): Promise<string> {
          return `secret of ${id}`;
        }
      }
      return { controllers: [Secrets] };
    },
  ],
  [
    'of a class that the handler is inherited from',
    (cached) => {
      abstract class Base {
        @Get(':id')
        @cached
        async read(@Param('id') id: string): Promise<string> {
          return `secret of ${id}`;
        }
      }
      @UsePipes(OwnerPipe)
      @Controller('secrets')
      class Secrets extends Base {}
      return { controllers: [Secrets] };
    },
  ],
  [
    'of the application, by its class',
    (cached) => ({ ...controllerOf(cached, Param('id')), providers: [{ provide: APP_PIPE, useClass: OwnerPipe }] }),
  ],
  [
    'of the application, by an alias',
    (cached) => ({
      ...controllerOf(cached, Param('id')),
      providers: [OwnerPipe, { provide: APP_PIPE, useExisting: OwnerPipe, scope: Scope.REQUEST }],
    }),
  ],
  [
    'of the application, by a factory',
    (cached) => ({
      ...controllerOf(cached, Param('id')),
      providers: [
        {
          provide: APP_PIPE,
          scope: Scope.REQUEST,
          inject: [REQUEST],
          useFactory: (request: WithUser) => new OwnerPipe(request),
        },
      ],
    }),
  ],
];

describe('a request-scoped pipe, which a hit skips', () => {
  it.each(declarations)('%s needs a key from fromContext', async (_, declare) => {
    for (const options of [{}, { key: 'secret:{0}' }, { key: (id: string) => id }] as CacheableOptions[]) {
      const error = await apps.module(declare(Cacheable(options) as MethodDecorator)).then(
        () => expect.fail('it started'),
        (thrown: unknown) => thrown as Error,
      );
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toMatch('@Cacheable on Secrets.read needs a key from fromContext');
    }
    await apps.module(declare(Cacheable({ key: ofUser }) as MethodDecorator));
  });

  it('reaches nobody else with one', async () => {
    const { request } = await apps.http(
      'express',
      controllerOf(Cacheable({ key: ofUser }) as MethodDecorator, Param('id', OwnerPipe)),
    );
    const read = async (user: string) => {
      const { status, text, cached } = await request('/secrets/ann', { headers: { 'x-user': user } });
      return status === 200 ? [cached, text] : status;
    };
    expect(await read('bob')).toBe(403);
    expect(await read('ann')).toEqual(['MISS', 'secret of ann']);
    expect(await read('ann')).toEqual(['HIT', 'secret of ann']);
    expect(await read('bob')).toBe(403);
  });

  it('of a message handler or a resolver needs one, too', async () => {
    @Controller()
    class Secrets {
      @MessagePattern('secret')
      @Cacheable()
      async read(@Payload(OwnerPipe) id: string): Promise<string> {
        return id;
      }
    }
    await expect(apps.module({ controllers: [Secrets] })).rejects.toThrow('Secrets.read needs a key from fromContext');
    @Resolver()
    class Resolved {
      @Query(() => String)
      @Cacheable({ key: (id: string) => id })
      async secret(@Args('id', OwnerPipe) id: string): Promise<string> {
        return id;
      }
    }
    await expect(apps.module({ providers: [Resolved] })).rejects.toThrow(
      'Resolved.secret needs a key from fromContext',
    );
  });

  it('does no harm to operations that always run the handler', async () => {
    for (const decorator of [CachePut({ key: 'secret:{0}' }), CacheEvict({ key: 'secret:{0}' })]) {
      await expect(
        apps.module(controllerOf(decorator as MethodDecorator, Param('id', OwnerPipe))),
      ).resolves.toBeDefined();
    }
  });
});

it('other pipes need no key', async () => {
  const cached = Cacheable() as MethodDecorator;
  await apps.module({
    ...controllerOf(cached, Param('id', ParseIntPipe, new ValidationPipe())),
    providers: [{ provide: APP_PIPE, useClass: ValidationPipe }],
  });
  @Injectable({ scope: Scope.TRANSIENT })
  class Trim implements PipeTransform {
    transform = (text: string) => text.trim();
  }
  const { request } = await apps.http('fastify', controllerOf(cached, Param('id', Trim)), (app) =>
    app.useGlobalPipes(new ValidationPipe()),
  );
  expect([(await request('/secrets/a')).cached, (await request('/secrets/a')).cached]).toEqual(['MISS', 'HIT']);
});
