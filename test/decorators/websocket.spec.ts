import { once } from 'node:events';
import type { CanActivate } from '@nestjs/common';
import { UseGuards } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets';
import { from, type Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Cacheable } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();
const guard = { canActivate: vi.fn<CanActivate['canActivate']>(() => true) };

@WebSocketGateway({ path: '/socket' })
class Prices {
  static runs = 0;

  @SubscribeMessage('price')
  @UseGuards(guard)
  @Cacheable()
  async price(@MessageBody('id') id: string): Promise<WsResponse<string>> {
    return { event: 'price', data: `${id} ${++Prices.runs}` };
  }

  @SubscribeMessage('keyed')
  @Cacheable({ key: 'price:{data.id}' })
  async keyed(@ConnectedSocket() _client: WebSocket, @MessageBody() data: { id: string }): Promise<WsResponse<string>> {
    return { event: 'keyed', data: `${data.id} ${++Prices.runs}` };
  }

  @SubscribeMessage('ticker')
  @Cacheable()
  ticker(): Observable<WsResponse<number>> {
    Prices.runs++;
    return from([1, 2].map((data) => ({ event: 'ticker', data })));
  }
}

async function connect() {
  Prices.runs = 0;
  const { app, cache } = await apps.http('express', { providers: [Prices] }, (application) =>
    application.useWebSocketAdapter(new WsAdapter(application)),
  );
  const socket = new WebSocket(`${(await app.getUrl()).replace('http', 'ws')}/socket`);
  await once(socket, 'open');
  apps.closing(async () => socket.terminate());
  const ask = async (event: string, data: unknown = {}, answers = 1) => {
    const received: unknown[] = [];
    const all = new Promise<unknown[]>((resolve) => {
      const take = (message: Buffer) => {
        received.push((JSON.parse(message.toString()) as WsResponse).data);
        if (received.length < answers) return;
        socket.off('message', take);
        resolve(received);
      };
      socket.on('message', take);
    });
    socket.send(JSON.stringify({ event, data }));
    return all;
  };
  return { ask, cache };
}

describe('a gateway', () => {
  it('is cached by the body of the message, after the guards', async () => {
    const { ask } = await connect();
    guard.canActivate.mockClear();
    expect(await ask('price', { id: 'a' })).toEqual(['a 1']);
    expect(await ask('price', { id: 'a', other: true })).toEqual(['a 1']);
    expect(await ask('price', { id: 'b' })).toEqual(['b 2']);
    expect(guard.canActivate).toHaveBeenCalledTimes(3);
  });

  it('may have its client if it has a key', async () => {
    const { ask, cache } = await connect();
    expect([await ask('keyed', { id: 'a' }), await ask('keyed', { id: 'a' })]).toEqual([['a 1'], ['a 1']]);
    expect(await cache.keys()).toEqual(['price:a']);
  });

  it('that answers with a stream is not cached, and passes all of it on', async () => {
    const { ask } = await connect();
    expect([await ask('ticker', {}, 2), await ask('ticker', {}, 2)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(Prices.runs).toBe(2);
  });
});
