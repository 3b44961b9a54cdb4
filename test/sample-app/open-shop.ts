import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { cachexConfig } from 'nest-cachex';
import { AppModule } from '../../sample-app/app.module.js';
import { Carrier, type DeliveryQuote } from '../../sample-app/products/carrier.js';
import { type RedisServer, startServer } from '../servers/server.js';

export interface Answer {
  status: number;
  body: unknown;
}

/** The sample app over HTTP, on a server of its own. */
export interface Shop {
  app: INestApplication;
  server: RedisServer;
  carrier: InstantCarrier;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  close(): Promise<void>;
}

class InstantCarrier extends Carrier {
  asked = 0;

  override async quote(): Promise<DeliveryQuote> {
    this.asked++;
    return { days: 2, quotedAt: new Date('2026-11-23T10:00:00.000Z') };
  }
}

export async function openShop(): Promise<Shop> {
  const server = await startServer({ engine: 'redis' });
  const { app, carrier } = await openBranch(server);
  return {
    app,
    server,
    carrier,
    ...callsTo(await app.getUrl()),
    close: async () => {
      await app.close();
      await server.stop();
    },
  };
}

/** One more process of the shop, so to speak, on a server that is there already. */
export async function openBranch(server: RedisServer): Promise<{ app: INestApplication; carrier: InstantCarrier }> {
  const carrier = new InstantCarrier();
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(cachexConfig.KEY)
    .useValue({ connection: server.url })
    .overrideProvider(Carrier)
    .useValue(carrier)
    .compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, server.host);
  return { app, carrier };
}

export function callsTo(url: string): Pick<Shop, 'get' | 'post' | 'put' | 'delete'> {
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    delete: (path) => call('DELETE', path),
  };
}
