import { fork } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Header,
  HttpCode,
  HttpException,
  Injectable,
  Logger,
  Param,
  Post,
  Res,
  StreamableFile,
  UseGuards,
} from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { currentLock, Idempotent, type IdempotentOptions } from '../../lib/index.js';
import { endingWithFile } from '../children.js';
import { waitFor } from '../servers/wait-for.js';
import { useApplications } from './harness.js';

const apps = useApplications();

class Receipt {
  constructor(readonly total: number) {}
}

/** Stands for a parser of multipart forms, whose parts refer to their form. */
@Injectable()
class FormGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ body: { amount: number } }>();
    const form: Record<string, unknown> = { amount: BigInt(request.body.amount) };
    form['file'] = { fields: form, file: new PassThrough(), toBuffer: () => undefined };
    Object.assign(request, { body: form });
    return true;
  }
}

interface PassingResponse {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

@Controller('payments')
class PaymentsController {
  runs = 0;
  wait: Promise<unknown> = Promise.resolve();

  @Post()
  @Idempotent({ timeout: '1h' })
  async pay(@Body() body: { amount: number }, @Res({ passthrough: true }) response: PassingResponse) {
    await this.wait;
    const run = ++this.runs;
    response.status(202);
    response.header('Location', `/payments/${run}`);
    response.header('Set-Cookie', 'secret=1');
    return { run, amount: body.amount, fence: typeof currentLock()?.fencingToken };
  }

  @Post('of/:user')
  @HttpCode(200)
  @Header('X-Kind', 'payment')
  @Idempotent({ timeout: '1h', by: '{params.user}' })
  async payOf(@Param('user') user: string): Promise<string> {
    return `${user} ${++this.runs}`;
  }

  @Post('by-function')
  @Idempotent({ timeout: '1h', key: (body: { id: string }) => body.id })
  async byFunction(@Body() _body: { id: string }): Promise<number> {
    return ++this.runs;
  }

  @Post('by-body')
  @Idempotent({ timeout: '1h', key: '{body.id}' })
  async byBody(@Body() _body: object): Promise<number[]> {
    return [++this.runs];
  }

  @Post('fail/:status')
  @Idempotent({ timeout: '1h' })
  async fail(@Param('status') status: string): Promise<never> {
    this.runs++;
    if (status === '0') throw new Error('it broke');
    throw new HttpException({ code: 'NO', run: this.runs }, Number(status));
  }

  @Post('typed')
  @Idempotent({ timeout: '1h', type: Receipt })
  async typed(): Promise<Receipt> {
    return new Receipt(++this.runs);
  }

  @Post('untyped')
  @Idempotent({ timeout: '1h' })
  async untyped(): Promise<Receipt> {
    return new Receipt(++this.runs);
  }

  @Post('file')
  @Idempotent({ timeout: '1h' })
  async file(): Promise<StreamableFile> {
    return new StreamableFile(Buffer.from(`file ${++this.runs}`));
  }

  @Post('nothing')
  @Idempotent({ timeout: '1h' })
  async nothing(): Promise<void> {
    this.runs++;
  }

  @Post('status/:status')
  @Idempotent({ timeout: '1h' })
  async status(@Param('status') status: string, @Res({ passthrough: true }) response: PassingResponse) {
    response.status(Number(status));
    return { run: ++this.runs };
  }

  @Post('refuse')
  @Idempotent({ timeout: '1h' })
  async refuse(@Body('as') as: 'list' | 'problem'): Promise<never> {
    this.runs++;
    throw new HttpException(as === 'list' ? ['one', 'other'] : Object.assign(new Receipt(5), { as }), 400);
  }

  @Post('broken')
  @Idempotent({ timeout: '1h' })
  async broken(): Promise<object> {
    this.runs++;
    return {
      get total(): number {
        throw new Error('no total');
      },
    };
  }

  @Post('deep')
  @Idempotent({ timeout: '1h' })
  async deep(): Promise<object> {
    this.runs++;
    let answer = {};
    for (let level = 0; level < 600; level++) answer = { answer };
    return answer;
  }

  @Post('form')
  @UseGuards(FormGuard)
  @Idempotent({ timeout: '1h' })
  async form(): Promise<number> {
    return ++this.runs;
  }

  @Post('crash')
  @Idempotent({ timeout: '1h', lease: '600ms' })
  async crash(): Promise<string> {
    return `run ${++this.runs}`;
  }
}

const payment = (key?: string, body: object = { amount: 5 }): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(['express', 'fastify'] as const)('@Idempotent on %s', (platform) => {
  const start = async () => {
    const { app, request } = await apps.http(platform, { controllers: [PaymentsController] });
    return { payments: app.get(PaymentsController), request };
  };

  it('repeats the status, the headers and the body of the first answer, in every process', async () => {
    const [one, other] = [await start(), await start()];
    const first = await one.request('/payments', payment('k'));
    expect(first).toMatchObject({ status: 202, body: { run: 1, amount: 5, fence: 'number' } });
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    for (const { request } of [one, other]) {
      const again = await request('/payments', payment('k'));
      expect(again).toMatchObject({ status: 202, text: first.text });
      expect(again.headers.get('location')).toBe('/payments/1');
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
      expect(again.headers.get('set-cookie')).toBeNull();
    }
    expect((await one.request('/payments', payment('another'))).body).toMatchObject({ run: 2 });
    expect(other.payments.runs).toBe(0);
  });

  it('runs the handler once for a hundred simultaneous requests; the others get 409, or the answer', async () => {
    const { payments, request } = await start();
    let release = (): void => undefined;
    payments.wait = new Promise<void>((resolve) => (release = resolve));
    const sent = Array.from({ length: 100 }, () => request('/payments', payment('k')));
    await Promise.race(sent);
    release();
    const answers = await Promise.all(sent);
    expect(payments.runs).toBe(1);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status !== 202 && status !== 409)).toEqual([]);
    expect(answers.find(({ status }) => status === 409)!.headers.get('retry-after')).toBe('1');
  });

  it('refuses a request without a key, and an invalid key', async () => {
    const { payments, request } = await start();
    expect(await request('/payments', payment())).toMatchObject({
      status: 400,
      body: { message: 'The header Idempotency-Key is missing: this request needs one' },
    });
    for (const key of ['', '"', '""', '"a', 'a"b', '"a"b"', 'x'.repeat(256)]) {
      expect((await request('/payments', payment(key))).status).toBe(400);
    }
    expect(payments.runs).toBe(0);
  });

  it('treats a key with and without the quotes of the draft alike', async () => {
    const { payments, request } = await start();
    for (const key of ['8e03978e', '"8e03978e"']) await request('/payments', payment(key));
    for (const key of [String.raw`"a\"b"`, 'a:b', 'a%3Ab', '{}', '*', 'a b']) await request('/payments', payment(key));
    expect(payments.runs).toBe(7);
  });

  it('refuses another request under the same key', async () => {
    const { payments, request } = await start();
    await request('/payments', payment('k'));
    expect((await request('/payments', payment('k', { amount: 6 }))).status).toBe(422);
    expect((await request('/payments?other', payment('k'))).status).toBe(422);
    expect((await request('/payments', payment('k'))).status).toBe(202);
    expect(payments.runs).toBe(1);
  });

  it('distinguishes users with by', async () => {
    const { request } = await start();
    const texts = [];
    for (const user of ['ada', 'bob', 'ada']) {
      const answer = await request(`/payments/of/${user}`, payment('k'));
      expect([answer.status, answer.headers.get('x-kind')]).toEqual([200, 'payment']);
      texts.push(answer.text);
    }
    expect(texts).toEqual(['ada 1', 'bob 2', 'ada 1']);
  });

  it('reads a key from elsewhere if the option says so', async () => {
    const { request } = await start();
    for (let turn = 0; turn < 2; turn++) {
      expect((await request('/payments/by-body', payment(undefined, { id: 'a' }))).body).toEqual([1]);
    }
    expect((await request('/payments/by-body', payment(undefined, {}))).status).toBe(400);
  });

  it('accepts a key from a function, and refuses a request for which it returns none', async () => {
    const { payments, request } = await start();
    const pay = (id?: unknown) => request('/payments/by-function', payment(undefined, { id }));
    expect([(await pay('a')).body, (await pay('a')).body, (await pay('b')).body]).toEqual([1, 1, 2]);
    for (const id of [undefined, null, '']) {
      expect(await pay(id)).toMatchObject({
        status: 400,
        body: { message: 'What names this request for @Idempotent is missing' },
      });
    }
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    expect((await pay(7)).status).toBe(500);
    expect(payments.runs).toBe(2);
  });

  it.each([400, 404, 422])('repeats the refusal %s of the handler', async (status) => {
    const { payments, request } = await start();
    const first = await request(`/payments/fail/${status}`, payment('k'));
    const again = await request(`/payments/fail/${status}`, payment('k'));
    expect(first).toMatchObject({ status, body: { code: 'NO', run: 1 } });
    expect(again).toMatchObject({ status, body: first.body });
    expect(payments.runs).toBe(1);
  });

  it.each([500, 503, 0, 409, 429])('runs the handler again after %s', async (status) => {
    const { payments, request } = await start();
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    for (let turn = 0; turn < 2; turn++) {
      expect((await request(`/payments/fail/${status}`, payment('k'))).status).toBe(status || 500);
    }
    expect(payments.runs).toBe(2);
  });

  it('restores instances of the class in type; refuses anything that it cannot repeat', async () => {
    const { payments, request } = await start();
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    expect((await request('/payments/typed', payment('k'))).body).toEqual({ total: 1 });
    expect((await request('/payments/typed', payment('k'))).body).toEqual({ total: 1 });
    expect(warn).not.toHaveBeenCalled();
    for (const path of ['untyped', 'file']) {
      expect((await request(`/payments/${path}`, payment('k'))).status).toBe(201);
      expect((await request(`/payments/${path}`, payment('k'))).status).toBe(409);
    }
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('@Idempotent does not keep this answer'));
    const [nothing, again] = [
      await request('/payments/nothing', payment('k')),
      await request('/payments/nothing', payment('k')),
    ];
    expect(again).toMatchObject({ status: 201, text: nothing.text });
    expect(payments.runs).toBe(4);
  });

  it('accepts a body with another order of keys', async () => {
    const { payments, request } = await start();
    await request('/payments', payment('k', { amount: 5, to: { name: 'ada', id: 1 } }));
    const again = await request('/payments', payment('k', { to: { id: 1, name: 'ada' }, amount: 5 }));
    expect([again.status, payments.runs]).toEqual([202, 1]);
    expect((await request('/payments', payment('k', { amount: 5, to: { id: 1, name: 'bob' } }))).status).toBe(422);
  });

  it('distinguishes bodies that JSON cannot express', async () => {
    const { request } = await start();
    const statuses = [];
    for (const amount of [5, 5, 6]) statuses.push((await request('/payments/form', payment('k', { amount }))).status);
    expect(statuses).toEqual([201, 201, 422]);
  });

  it.each([500, 503, 409, 429])('runs the handler again if it has set the status %s', async (status) => {
    const { request } = await start();
    for (const run of [1, 2]) {
      expect(await request(`/payments/status/${status}`, payment('k'))).toMatchObject({ status, body: { run } });
    }
  });

  it.each(['list', 'problem'])('gives a refusal again whose body is a %s', async (as) => {
    const { payments, request } = await start();
    const first = await request('/payments/refuse', payment('k', { as }));
    const again = await request('/payments/refuse', payment('k', { as }));
    expect([again.status, again.text, payments.runs]).toEqual([400, first.text, 1]);
  });

  it.each(['broken', 'deep'])('does not run the handler again whose answer is too %s to be kept', async (path) => {
    const { payments, request } = await start();
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await request(`/payments/${path}`, payment('k'));
    await waitFor(async () => (await apps.server.cli('KEYS', '*')).includes('answer'), { what: 'the answer' });
    const again = await request(`/payments/${path}`, payment('k'));
    expect([again.status, payments.runs]).toEqual([409, 1]);
    expect(again.text).toContain('its answer was not kept');
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/no total|could not keep the answer/));
  });

  it('while Redis is away runs nothing, and says so in time', async () => {
    const { payments, request } = await start();
    await apps.server.kill();
    try {
      const refused = await request('/payments', payment('k'));
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      expect(payments.runs).toBe(0);
    } finally {
      await apps.server.start();
    }
  });

  it('returns the answer if Redis goes away meanwhile, and keeps it later', async () => {
    const { payments, request } = await start();
    vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    let release = (): void => undefined;
    payments.wait = new Promise<void>((resolve) => (release = resolve));
    const sent = request('/payments', payment('k'));
    await waitFor(async () => (await apps.server.cli('KEYS', '*')).includes('idem'), { what: 'the lock' });
    await apps.server.kill();
    release();
    expect((await sent).status).toBe(202);
    await apps.server.start();
    await waitFor(async () => (await apps.server.cli('KEYS', '*')).includes('answer'), { what: 'the answer' });
    expect((await request('/payments', payment('k'))).status).toBe(202);
    expect(payments.runs).toBe(1);
  }, 30_000);
});

describe('@Idempotent', () => {
  it('lets another process run the handler after a crash, when the lease is over', async () => {
    const { request } = await apps.http('express', { controllers: [PaymentsController] });
    const script = fileURLToPath(new URL('idempotent-worker.mjs', import.meta.url));
    const child = endingWithFile(fork(script, [apps.server.url, 'test'], { stdio: 'inherit' }));
    const [url] = (await once(child, 'message')) as [string];
    const inside = once(child, 'message');
    const crashed = fetch(`${url}/payments/crash`, payment('k')).catch((error: unknown) => error);
    await inside;
    expect((await request('/payments/crash', payment('k'))).status).toBe(409);
    child.kill('SIGKILL');
    expect(await crashed).toBeInstanceOf(Error);
    await waitFor(async () => (await request('/payments/crash', payment('k'))).status === 201, { what: 'a run' });
    expect((await request('/payments/crash', payment('k'))).text).toBe('run 1');
  }, 30_000);

  it.each<[string, object]>([
    ['no timeout', {}],
    ['a timeout of 0', { timeout: 0 }],
    ['a timeout that never ends', { timeout: null }],
    ['a lease of 0', { timeout: 1, lease: 0 }],
    ['an option that nobody knows', { timeout: 1, ttl: 1 }],
    ['an empty key', { timeout: 1, key: '' }],
  ])('refuses %s where it is written', (_, options) => {
    expect(() => Idempotent(options as IdempotentOptions)).toThrow(/timeout|lease|ttl|key/);
  });

  it('is for HTTP handlers whose answer Nest sees', async () => {
    @Injectable()
    class Provider {
      @Idempotent({ timeout: '1h' })
      async pay(): Promise<void> {}
    }
    @Controller()
    class Alone {
      @Post()
      @Idempotent({ timeout: '1h' })
      async pay(@Res() _response: object): Promise<void> {}
    }
    await expect(apps.module({ providers: [Provider] })).rejects.toThrow('works on HTTP handlers only');
    await expect(apps.module({ controllers: [Alone] })).rejects.toThrow('passthrough: true');
  });
});
