import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Logger,
  type NestInterceptor,
  Param,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { map } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cacheable, ConfigError, currentLock, WithLock } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

afterEach(() => {
  vi.restoreAllMocks();
});

interface Request {
  headers: Record<string, string>;
  body?: unknown;
}

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<Request>();

/** Filters answers for their caller, and replaces the body, as interceptors for uploads do. */
@Injectable()
class ForWhoAsks implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const request = requestOf(context);
    return next.handle().pipe(map((answer) => `${String(answer)} for ${request.headers['x-user']}`));
  }
}

/** A decorator like those for tracing and transactions: replaces the function, and copies name and metadata. */
function Traced(): MethodDecorator {
  return (_target, _name, descriptor) => {
    const method = descriptor.value as (...args: unknown[]) => unknown;
    const traced = function (this: unknown, ...args: unknown[]) {
      return method.apply(this, args);
    };
    for (const key of Reflect.getMetadataKeys(method) as unknown[]) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, method), traced);
    }
    (descriptor as PropertyDescriptor).value = traced;
  };
}

describe('other interceptors of a handler', () => {
  it('also run on a hit, on whichever side of the decorator they are written', async () => {
    @Controller()
    class Pages {
      @UseInterceptors(ForWhoAsks)
      @Get('above')
      @Cacheable({ key: 'above' })
      async above() {
        return 'above';
      }
      @Get('below')
      @Cacheable({ key: 'below' })
      @UseInterceptors(ForWhoAsks)
      async below() {
        return 'below';
      }
    }
    const { request } = await apps.http('express', { controllers: [Pages] });
    for (const page of ['above', 'below']) {
      for (const user of ['ada', 'bob']) {
        expect((await request(`/${page}`, { headers: { 'x-user': user } })).text).toBe(`${page} for ${user}`);
      }
    }
  });
});

describe('a method that another decorator has wrapped', () => {
  it('is cached as before: a handler by its interceptor, another method by itself', async () => {
    @Injectable()
    class Names {
      runs = 0;
      @Traced()
      @Cacheable()
      async find(id: string) {
        return `${id} ${++this.runs}`;
      }
    }
    @Controller()
    class Pages {
      runs = 0;
      @Traced()
      @Cacheable()
      @Get('top/:id')
      async top(@Param('id') id: string) {
        return `${id} ${++this.runs}`;
      }
      @Get('between/:id')
      @Traced()
      @Cacheable({ key: 'between:{params.id}' })
      async between(@Param('id') id: string) {
        return `${id} ${++this.runs}`;
      }
    }
    const { app, request } = await apps.http('express', { controllers: [Pages], providers: [Names] });
    expect(await request('/top/a')).toMatchObject({ cached: 'MISS', text: 'a 1' });
    expect(await request('/top/a')).toMatchObject({ cached: 'HIT', text: 'a 1' });
    expect(await request('/between/b')).toMatchObject({ cached: 'MISS', text: 'b 2' });
    expect(await request('/between/b')).toMatchObject({ cached: 'HIT', text: 'b 2' });
    const names = app.get(Names);
    expect([await names.find('c'), await names.find('c'), await names.find('d')]).toEqual(['c 1', 'c 1', 'd 2']);
  });

  it('runs all of our decorators, even with others between them', async () => {
    const run = vi.fn<(locked: boolean) => void>();
    @Controller()
    class Pages {
      @Get('above/:id')
      @Cacheable()
      @Traced()
      @WithLock({ key: 'page:{params.id}' })
      async above(@Param('id') id: string) {
        run(currentLock() !== undefined);
        return id;
      }
      @Cacheable()
      @Traced()
      @WithLock({ key: 'page:{params.id}' })
      @Get('below/:id')
      async below(@Param('id') id: string) {
        run(currentLock() !== undefined);
        return id;
      }
    }
    const { request } = await apps.http('express', { controllers: [Pages] });
    for (const path of ['/above/1', '/below/1']) {
      expect(await request(path)).toMatchObject({ status: 200, cached: 'MISS' });
      expect(await request(path)).toMatchObject({ status: 200, cached: 'HIT' });
    }
    expect(run.mock.calls).toEqual([[true], [true]]);
  });

  it('is checked at start', async () => {
    @Controller()
    class Pages {
      @Get('mine')
      @Traced()
      @Cacheable()
      async mine(@Req() _request: unknown) {
        return 'mine';
      }
    }
    await expect(apps.module({ controllers: [Pages] })).rejects.toThrow(ConfigError);
  });
});

describe('a handler of an unknown transport', () => {
  // Libraries for queues and bots call handlers like this; some leave out the type of the context, which is 'http'
  // then.
  it.each(['rmq', undefined])('(%s) is cached by its arguments, as any method', async (type) => {
    @Injectable()
    class Consumer {
      runs = 0;
      @Cacheable()
      async consume(message: { id: number }) {
        return `${message.id} ${++this.runs}`;
      }
    }
    const { module } = await apps.module({ providers: [Consumer] });
    const consumer = module.get(Consumer);
    const handle = module
      .get(ExternalContextCreator, { strict: false })
      .create(
        consumer,
        consumer.consume as (...args: unknown[]) => unknown,
        'consume',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        type,
      );
    const answers = [];
    for (const id of [1, 1, 2]) answers.push(await handle({ id }));
    expect(answers).toEqual(['1 1', '1 1', '2 2']);
  });
});

describe('requests other than GET', () => {
  it('HEAD shares the entry of its GET', async () => {
    @Controller()
    class Pages {
      @Get('page')
      @Cacheable()
      async read() {
        return 'page';
      }
    }
    const { request } = await apps.http('express', { controllers: [Pages] });
    expect(await request('/page', { method: 'HEAD' })).toMatchObject({ cached: 'MISS', text: '' });
    expect(await request('/page')).toMatchObject({ cached: 'HIT', text: 'page' });
    expect(await request('/page', { method: 'HEAD' })).toMatchObject({ status: 200, cached: 'HIT' });
  });
});

describe('while Redis is away', () => {
  it('waiters for one run get copies, and instances without a type of their own', async () => {
    vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    class Account {
      name = 'ada';
    }
    @Injectable()
    class Accounts {
      @Cacheable({ key: 'plain' })
      async plain(): Promise<{ names: string[]; at: Date }> {
        await new Promise(setImmediate);
        return { names: [], at: new Date(0) };
      }
      @Cacheable({ key: 'instance' })
      async instance(): Promise<Account> {
        await new Promise(setImmediate);
        return new Account();
      }
    }
    const { module } = await apps.module({ providers: [Accounts] });
    const accounts = module.get(Accounts);
    await apps.server.kill();
    try {
      const [one, two] = await Promise.all([accounts.plain(), accounts.plain()]);
      one.names.push('changed');
      expect(two).toEqual({ names: [], at: new Date(0) });
      const [mine, yours] = await Promise.all([accounts.instance(), accounts.instance()]);
      expect(mine).not.toBe(yours);
      expect([mine, yours].every((account) => account instanceof Account)).toBe(true);
    } finally {
      await apps.server.start();
    }
  });

  it('and frozen, a request waits no longer than commandTimeout', async () => {
    vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    @Injectable()
    class Names {
      @Cacheable({ key: 'name' })
      async find() {
        return 'ada';
      }
    }
    const { module } = await apps.module(
      { providers: [Names] },
      { connection: `${apps.server.url}?commandTimeout=2s` },
    );
    await module.get(Names).find();
    apps.server.pause();
    try {
      const start = performance.now();
      expect(await module.get(Names).find()).toBe('ada');
      expect(performance.now() - start).toBeLessThan(3_900);
    } finally {
      apps.server.resume();
    }
  });
});
