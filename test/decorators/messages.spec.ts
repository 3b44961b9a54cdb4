import { Controller, type CanActivate, UseGuards } from '@nestjs/common';
import { ClientProxyFactory, Ctx, MessagePattern, Payload, TcpContext, Transport } from '@nestjs/microservices';
import { firstValueFrom, from, type Observable, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { Cacheable, CacheEvict, CachexService } from '../../lib/index.js';
import { freePort } from '../servers/free-port.js';
import { useApplications } from './harness.js';

const apps = useApplications();
const guard = { canActivate: vi.fn<CanActivate['canActivate']>(() => true) };

@Controller()
class Sums {
  static runs = 0;

  @MessagePattern('sum')
  @UseGuards(guard)
  @Cacheable()
  async sum(@Payload() numbers: number[]): Promise<number> {
    Sums.runs++;
    return numbers.reduce((a, b) => a + b, 0);
  }

  @MessagePattern('undecorated')
  @Cacheable()
  async undecorated(data: { id: string }): Promise<string> {
    return `${data.id} ${++Sums.runs}`;
  }

  @MessagePattern('by-template')
  @Cacheable({ key: 'message:{data.id}' })
  async byTemplate(@Payload('id') id: string, @Ctx() context: TcpContext): Promise<string> {
    return `${id} ${context.getPattern()} ${++Sums.runs}`;
  }

  @MessagePattern('stream')
  @Cacheable()
  stream(): Observable<number> {
    Sums.runs++;
    return from([1, 2, 3]);
  }

  @MessagePattern('by-hand')
  async byHand(@Payload() numbers: number[]): Promise<number> {
    return this.sum(numbers);
  }

  @MessagePattern('forget')
  @CacheEvict({ all: true })
  async forget(): Promise<string> {
    return 'forgotten';
  }
}

async function serve() {
  Sums.runs = 0;
  const module = await apps.builder({ controllers: [Sums] }).compile();
  const options = { host: '127.0.0.1', port: await freePort() };
  const service = await apps.start(module.createNestMicroservice({ transport: Transport.TCP, options }));
  await service.listen();
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
  apps.closing(async () => client.close());
  return {
    cache: service.get(CachexService),
    send: <T>(pattern: string, data: unknown = {}) => firstValueFrom(client.send<T>(pattern, data)),
    sendAll: (pattern: string) => firstValueFrom(client.send<unknown>(pattern, {}).pipe(toArray())),
  };
}

describe('a message handler', () => {
  it('is cached by its payload, after the guards', async () => {
    const { send } = await serve();
    guard.canActivate.mockClear();
    expect([await send('sum', [1, 2]), await send('sum', [1, 2]), await send('sum', [2, 2])]).toEqual([3, 3, 4]);
    expect(Sums.runs).toBe(2);
    expect(guard.canActivate).toHaveBeenCalledTimes(3);
  });

  it('needs no decorators of its parameters', async () => {
    const { send } = await serve();
    const ids = ['a', 'a', 'b'];
    const answers: unknown[] = [];
    for (const id of ids) answers.push(await send('undecorated', { id }));
    expect(answers).toEqual(['a 1', 'a 1', 'b 2']);
  });

  it('may have its context if it has a key', async () => {
    const { send, cache } = await serve();
    expect(await send('by-template', { id: 'a', at: 1 })).toBe('a by-template 1');
    expect(await send('by-template', { id: 'a', at: 2 })).toBe('a by-template 1');
    expect(await cache.keys()).toEqual(['message:a']);
  });

  it('that answers with a stream is not cached, and passes all of it on', async () => {
    const { sendAll, cache } = await serve();
    expect([await sendAll('stream'), await sendAll('stream')]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(Sums.runs).toBe(2);
    expect(await cache.keys()).toEqual([]);
  });

  it('is cached like any method if other code calls it', async () => {
    const { send } = await serve();
    expect([await send('by-hand', [4]), await send('by-hand', [4])]).toEqual([4, 4]);
    expect(Sums.runs).toBe(1);
  });

  it('evicts', async () => {
    const { send } = await serve();
    await send('sum', [1]);
    expect(await send('forget')).toBe('forgotten');
    await send('sum', [1]);
    expect(Sums.runs).toBe(2);
  });
});
