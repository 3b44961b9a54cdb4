import { randomUUID } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { cachexConfig, type ConnectionPool, getConnectionPoolToken } from 'nest-cachex';
import { AppModule } from '../../sample-app/app.module.js';
import { Carrier, type DeliveryQuote } from '../../sample-app/products/carrier.js';
import { startServer } from '../servers/server.js';

export interface Answer {
  status: number;
  body: unknown;
}

/** The places for a shop's data. */
export const stores = ['a server', 'the embedded engine'] as const;
export type Store = (typeof stores)[number];

/** The sample app over HTTP, with separate data. */
export interface Shop {
  app: INestApplication;
  /** The place of its data. */
  connection: string;
  carrier: InstantCarrier;
  get(path: string): Promise<Answer>;
  /** With a new Idempotency-Key, unless one is given. */
  post(path: string, body?: unknown, idempotencyKey?: string): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** The output of a command in `redis-cli`, with keys as they are on the wire. */
  redis(name: string, ...args: string[]): Promise<string>;
  close(): Promise<void>;
}

const quote: DeliveryQuote = { days: 2, quotedAt: new Date('2026-11-23T10:00:00.000Z') };

class InstantCarrier extends Carrier {
  asked = 0;

  override async quote(): Promise<DeliveryQuote> {
    this.asked++;
    return quote;
  }

  override async quoteMany(productIds: readonly string[]): Promise<Map<string, DeliveryQuote>> {
    this.asked++;
    return new Map(productIds.map((productId) => [productId, quote]));
  }
}

export async function openShop(store: Store): Promise<Shop> {
  const server = store === 'a server' ? await startServer({ engine: 'redis' }) : undefined;
  const connection = server?.url ?? `memory://${randomUUID()}`;
  const { app, carrier } = await openBranch(connection);
  const pool = app.get<ConnectionPool>(getConnectionPoolToken());
  return {
    app,
    connection,
    carrier,
    ...callsTo(await app.getUrl()),
    redis: async (name, ...args) => printed(await pool.send({ name, args, access: 'write' })),
    close: async () => {
      await app.close();
      await server?.stop();
    },
  };
}

/** Stands for another process of the shop, with the same data. */
export async function openBranch(connection: string): Promise<{ app: INestApplication; carrier: InstantCarrier }> {
  const carrier = new InstantCarrier();
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(cachexConfig.KEY)
    .useValue({ connection })
    .overrideProvider(Carrier)
    .useValue(carrier)
    .compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  return { app, carrier };
}

function printed(reply: unknown): string {
  return Array.isArray(reply) ? reply.map(printed).join('\n') : String((reply ?? '') as Buffer | number | string);
}

export function callsTo(url: string): Pick<Shop, 'get' | 'post' | 'put' | 'delete'> {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body, key = randomUUID()) => call('POST', path, body, { 'idempotency-key': key }),
    put: (path, body) => call('PUT', path, body),
    delete: (path) => call('DELETE', path),
  };
}
