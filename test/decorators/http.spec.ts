import { Readable } from 'node:stream';
import {
  Body,
  type CanActivate,
  ClassSerializerInterceptor,
  Controller,
  createParamDecorator,
  Delete,
  type ExecutionContext,
  Get,
  Header,
  Headers,
  HttpCode,
  Injectable,
  Ip,
  type NestInterceptor,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Query,
  Req,
  Res,
  Scope,
  StreamableFile,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Exclude } from 'class-transformer';
import { EMPTY, Observable, of } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { Cacheable, CacheEvict, CachePut, fromContext } from '../../lib/index.js';
import { useApplications } from './harness.js';

interface Request {
  headers: Record<string, string>;
  user?: { id: string };
}

/** Lets any caller in who gives a name. */
@Injectable()
class Guard implements CanActivate {
  static calls = 0;
  canActivate(context: ExecutionContext): boolean {
    Guard.calls++;
    const request = context.switchToHttp().getRequest<Request>();
    const id = request.headers['x-user'];
    if (id) request.user = { id };
    return id !== undefined;
  }
}

const User = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Request>().user,
);
const as = (user: string): RequestInit => ({ headers: { 'x-user': user } });

describe.each(['express', 'fastify'] as const)('on %s', (platform) => {
  const apps = useApplications();
  const serve = (controller: new (...args: never[]) => object) => apps.http(platform, { controllers: [controller] });

  it('a handler is cached by the raw values of its parameters', async () => {
    let runs = 0;
    @Controller('products')
    class Products {
      @Get(':id')
      @Cacheable()
      async read(
        @Query() query: object,
        @Param('id', ParseIntPipe) id: number,
        @Headers('accept-language') language?: string,
      ) {
        return { id, query, language, run: ++runs };
      }
      @Post()
      @Cacheable()
      async search(@Body() body: object, @Body('page') page?: number) {
        return { body, page, run: ++runs };
      }
    }
    const { request } = await serve(Products);
    const get = async (path: string, language = 'en') => {
      const { cached, body } = await request(path, { headers: { 'accept-language': language } });
      return [cached, (body as { run: number }).run];
    };
    expect(await get('/products/1?b=2&a=1')).toEqual(['MISS', 1]);
    expect(await get('/products/1?a=1&b=2')).toEqual(['HIT', 1]);
    expect(await get('/products/2?a=1&b=2')).toEqual(['MISS', 2]);
    expect(await get('/products/1?a=1')).toEqual(['MISS', 3]);
    expect(await get('/products/1?a=1', 'de')).toEqual(['MISS', 4]);
    const post = async (data: object) => {
      const init = { method: 'POST', body: JSON.stringify(data), headers: { 'content-type': 'application/json' } };
      return (await request('/products', init)).body;
    };
    expect(await post({ text: 'a', page: 1 })).toEqual(await post({ page: 1, text: 'a' }));
    expect(await post({ text: 'a', page: 2 })).toMatchObject({ page: 2, run: 6 });
  });

  it('guards run first, on a hit too', async () => {
    @Controller()
    @UseGuards(Guard)
    class News {
      @Get('news')
      @Cacheable()
      async read() {
        return 'news';
      }
    }
    const { request } = await serve(News);
    Guard.calls = 0;
    expect(await request('/news', as('ada'))).toMatchObject({ cached: 'MISS', text: 'news' });
    expect(await request('/news', as('ada'))).toMatchObject({ cached: 'HIT', text: 'news' });
    expect(await request('/news')).toMatchObject({ status: 403, cached: null });
    expect(Guard.calls).toBe(3);
  });

  it('two users never see each other’s answers', async () => {
    @Controller()
    @UseGuards(Guard)
    class Profiles {
      @Get('mine')
      @Cacheable()
      async mine(@User() user: { id: string }) {
        return { id: user.id };
      }
      @Get('by-context')
      @Cacheable({ key: fromContext((context) => `me:${context.switchToHttp().getRequest<Request>().user!.id}`) })
      async byContext(@Req() request: Request) {
        return { id: request.user!.id };
      }
      @Get('by-template')
      @Cacheable({ key: 'template:{user.id}' })
      async byTemplate(@Req() request: Request) {
        return { id: request.user!.id };
      }
      @Get('by-function')
      @Cacheable({ key: (request: Request) => `function:${request.user!.id}` })
      async byFunction(@Req() request: Request) {
        return { id: request.user!.id };
      }
    }
    const { request } = await serve(Profiles);
    for (const path of ['/mine', '/by-context', '/by-template', '/by-function']) {
      for (const cached of ['MISS', 'HIT']) {
        expect(await request(path, as('ada'))).toMatchObject({ cached, body: { id: 'ada' } });
        expect(await request(path, as('bob'))).toMatchObject({ cached, body: { id: 'bob' } });
      }
    }
  });

  it('a part of a template that the request lacks is the client’s error, unless it has a default', async () => {
    @Controller()
    class Pages {
      @Get('pages')
      @Cacheable({ key: 'page:{query.number}' })
      async read() {
        return 1;
      }
      @Get('lists')
      @Cacheable({ key: 'list:{query.number:1}' })
      async list() {
        return 1;
      }
      @Get('mine')
      @Cacheable({ key: 'mine:{user.id}' })
      async mine() {
        return 1;
      }
      @Get('tenants')
      @Cacheable({ key: 'tenant:{headers.X-Tenant}' })
      async tenant() {
        return 1;
      }
    }
    const { request, cache } = await apps.http(platform, { controllers: [Pages] }, (app) => app.useLogger(false));
    expect(await request('/pages')).toMatchObject({
      status: 400,
      cached: null,
      body: { message: 'query.number is missing' },
    });
    expect(await request('/mine')).toMatchObject({ status: 500, cached: null });
    expect(await request('/lists')).toMatchObject({ status: 200, cached: 'MISS' });
    expect(await request('/lists?number=1')).toMatchObject({ status: 200, cached: 'HIT' });
    expect(await request('/pages?number=2')).toMatchObject({ status: 200, cached: 'MISS' });
    expect(await request('/tenants', { headers: { 'X-Tenant': 'a' } })).toMatchObject({ status: 200, cached: 'MISS' });
    expect((await cache.keys()).toSorted()).toEqual(['list:1', 'page:2', 'tenant:a']);
  });

  it('so is one that a template names by its position', async () => {
    const Visitor = createParamDecorator(() => undefined);
    @Controller()
    class Pages {
      @Get('pages')
      @Cacheable({ key: 'page:{0}' })
      async read(@Query('number') _number?: string) {
        return 1;
      }
      @Get('lists')
      @Cacheable({ key: 'list:{0.number:1}' })
      async list(@Query() _query: object) {
        return 1;
      }
      @Post('orders')
      @Cacheable({ key: 'order:{1.item.id}' })
      async order(@Ip() _ip: string, @Body() _order: object) {
        return 1;
      }
      @Get('visits')
      @Cacheable({ key: 'visit:{0}' })
      async visit(@Visitor() _visitor: unknown) {
        return 1;
      }
    }
    const { request } = await apps.http(platform, { controllers: [Pages] }, (app) => app.useLogger(false));
    expect(await request('/pages')).toMatchObject({ status: 400, body: { message: 'query.number is missing' } });
    expect(await request('/pages?number=1&number=2')).toMatchObject({
      status: 400,
      body: { message: 'query.number is an Array, not text' },
    });
    expect(await request('/lists')).toMatchObject({ status: 200, cached: 'MISS' });
    const order = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ item: {} }),
    };
    expect(await request('/orders', order)).toMatchObject({
      status: 400,
      body: { message: 'body.item.id is missing' },
    });
    expect(await request('/visits')).toMatchObject({ status: 500 });
  });

  it('status codes, headers and errors are those of the handler', async () => {
    @Controller()
    class Odd {
      @Get('odd')
      @Header('x-odd', 'yes')
      @HttpCode(203)
      @Cacheable()
      async odd() {
        return { odd: true };
      }
      @Get('missing')
      @Cacheable()
      async missing() {
        throw new NotFoundException('not here');
      }
      @Get('passthrough')
      @Cacheable({ key: 'passthrough' })
      async passthrough(@Res({ passthrough: true }) response: { header(name: string, value: string): void }) {
        response.header('x-odd', 'of this answer only');
        return 'done';
      }
    }
    const { request } = await serve(Odd);
    for (const cached of ['MISS', 'HIT']) {
      const { status, headers } = await request('/odd').then((answer) => (expect(answer.cached).toBe(cached), answer));
      expect([status, headers.get('x-odd')]).toEqual([203, 'yes']);
      expect(await request('/missing')).toMatchObject({ status: 404, cached: null, body: { message: 'not here' } });
    }
    expect((await request('/passthrough')).headers.get('x-odd')).toBe('of this answer only');
    expect(await request('/passthrough')).toMatchObject({ cached: 'HIT', text: 'done' });
  });

  it('a stale copy is sent if the handler fails, and marked stale', async () => {
    let fails = false;
    @Controller()
    class Fragile {
      @Get('fragile/:id')
      @Cacheable({ tags: ['fragile:{0}'], grace: '1h' })
      async read(@Param('id') id: string) {
        if (fails) throw new Error('no answer');
        return { id };
      }
    }
    const { request, cache } = await serve(Fragile);
    await request('/fragile/1');
    await cache.invalidateTags(['fragile:1']);
    fails = true;
    for (let i = 0; i < 2; i++) {
      expect(await request('/fragile/1')).toMatchObject({ status: 200, cached: 'STALE', body: { id: '1' } });
    }
    fails = false;
    await cache.clear();
    expect(await request('/fragile/1')).toMatchObject({ cached: 'MISS' });
  });

  it('the last value of an Observable is cached', async () => {
    @Controller()
    class Observables {
      @Get('many')
      @Cacheable()
      many(): Observable<string> {
        return of('first', 'last');
      }
      @Get('empty')
      @Cacheable()
      empty(): Observable<string> {
        return EMPTY;
      }
    }
    const { request } = await serve(Observables);
    expect(await request('/many')).toMatchObject({ cached: 'MISS', text: 'last' });
    expect(await request('/many')).toMatchObject({ cached: 'HIT', text: 'last' });
    expect(await request('/empty')).toMatchObject({ status: 200, text: '' });
  });

  it('files and streams pass through', async () => {
    @Controller()
    class Files {
      @Get('file')
      @Cacheable()
      async file() {
        return new StreamableFile(Readable.from(['con', 'tent']));
      }
    }
    const { request, cache } = await serve(Files);
    const answers = await Promise.all([1, 2, 3].map(() => request('/file')));
    expect(answers.map(({ text }) => text)).toEqual(['content', 'content', 'content']);
    expect(await request('/file')).toMatchObject({ text: 'content' });
    expect(await cache.keys()).toEqual([]);
  });

  it('what @Exclude() hides stays hidden on a hit', async () => {
    class Account {
      name = 'ada';
      @Exclude()
      password = 'secret';
    }
    @Controller()
    @UseInterceptors(ClassSerializerInterceptor)
    class Accounts {
      @Get('typed')
      @Cacheable({ type: Account })
      async typed() {
        return new Account();
      }
      @Get('untyped')
      @Cacheable()
      async untyped() {
        return { accounts: [new Account()] };
      }
      @Post('put')
      @CachePut({ key: 'put' })
      async put() {
        return new Account();
      }
    }
    const { request, cache } = await apps.http(platform, { controllers: [Accounts] }, (app) => app.useLogger(false));
    expect(await request('/typed')).toMatchObject({ cached: 'MISS', text: '{"name":"ada"}' });
    expect(await request('/typed')).toMatchObject({ cached: 'HIT', text: '{"name":"ada"}' });
    for (let i = 0; i < 2; i++) {
      expect(await request('/untyped')).toMatchObject({ cached: 'MISS', text: '{"accounts":[{"name":"ada"}]}' });
    }
    await request('/put', { method: 'POST' });
    expect(await cache.hasKey('put')).toBe(false);
  });

  it('pipes do not run on a hit, other interceptors do', async () => {
    const transform = vi.fn<(value: string) => string>((value) => value);
    const intercept = vi.fn<NestInterceptor['intercept']>((_, next) => next.handle());
    @Controller()
    @UseInterceptors({ intercept })
    class Piped {
      @Get('piped/:id')
      @Cacheable()
      async read(@Param('id', { transform }) id: string) {
        return id;
      }
    }
    const { request } = await serve(Piped);
    await request('/piped/1');
    await request('/piped/1');
    expect([transform.mock.calls.length, intercept.mock.calls.length]).toEqual([1, 2]);
  });

  it('a handler that other code calls is not cached', async () => {
    let runs = 0;
    @Controller()
    class Direct {
      @Get('one')
      @Cacheable()
      async one() {
        return ++runs;
      }
      @Get('both')
      async both() {
        return [await this.one(), await this.one()];
      }
    }
    const { request } = await serve(Direct);
    expect((await request('/both')).body).toEqual([1, 2]);
    expect((await request('/one')).body).toBe(3);
    expect((await request('/both')).body).toEqual([4, 5]);
  });

  it('inherited handlers, request-scoped controllers and synchronous handlers are cached', async () => {
    abstract class Base {
      runs = 0;
      @Get()
      @Cacheable()
      async read() {
        return `${this.constructor.name} ${++this.runs}`;
      }
    }
    @Controller('one')
    class One extends Base {}
    @Controller({ path: 'two', scope: Scope.REQUEST })
    class Two {
      @Get()
      @Cacheable({ key: 'two' })
      async read() {
        return 'Two 1';
      }
    }
    @Controller('three')
    class Three {
      // @ts-expect-error decorated methods return promises
      @Cacheable()
      @Get()
      read() {
        return 'sync';
      }
    }
    const { request } = await apps.http(platform, { controllers: [One, Two, Three] });
    for (const [path, text] of [
      ['/one', 'One 1'],
      ['/two', 'Two 1'],
      ['/three', 'sync'],
    ] as const) {
      expect(await request(path)).toMatchObject({ cached: 'MISS', text });
      expect(await request(path)).toMatchObject({ cached: 'HIT', text });
    }
  });

  it('a write puts and evicts', async () => {
    let name = 'old';
    @Controller('product')
    class Product {
      @Get(':id')
      @Cacheable({ key: 'product:{params.id}' })
      async read(@Param('id') _id: string) {
        return { name };
      }
      @Post(':id')
      @CachePut({ key: 'product:{0}' })
      async write(@Param('id') _id: string, @Body('name') changed: string) {
        return { name: (name = changed) };
      }
      @Delete(':id')
      @CacheEvict({ key: 'product:{params.id}' })
      async remove(@Param('id') _id: string) {
        name = 'removed';
      }
    }
    const { request } = await serve(Product);
    await request('/product/1');
    const json = { 'content-type': 'application/json' };
    await request('/product/1', { method: 'POST', body: '{"name":"new"}', headers: json });
    expect(await request('/product/1')).toMatchObject({ cached: 'HIT', body: { name: 'new' } });
    await request('/product/1', { method: 'DELETE' });
    expect(await request('/product/1')).toMatchObject({ cached: 'MISS', body: { name: 'removed' } });
  });
});
