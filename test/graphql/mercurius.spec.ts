import { once } from 'node:events';
import { Inject } from '@nestjs/common';
import { Args, Field, GraphQLModule, Mutation, ObjectType, Query, Resolver, Subscription } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { withFilter } from 'graphql-subscriptions';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CachexPubSub } from '../../lib/graphql/index.js';
import { CachexService } from '../../lib/index.js';
import { useApplications } from '../decorators/harness.js';

const apps = useApplications();

@ObjectType()
class Order {
  @Field() id!: string;
  @Field() at!: Date;
}

interface Placed {
  readonly orderPlaced: Order;
}

@Resolver()
class Orders {
  constructor(@Inject(CachexPubSub) private readonly pubSub: CachexPubSub) {}

  @Query(() => String)
  none(): string {
    return 'none';
  }

  @Mutation(() => Boolean)
  async place(@Args('id') id: string): Promise<boolean> {
    await this.pubSub.publish('orderPlaced', { orderPlaced: { id, at: new Date(0) } });
    return true;
  }

  /** Not with the option `filter`: Mercurius ends such an iterator only with the next event that passes. */
  @Subscription(() => Order)
  orderPlaced(@Args('prefix') prefix: string) {
    const events = () => this.pubSub.asyncIterableIterator<Placed>('orderPlaced');
    return withFilter(events, (event?: Placed) => event!.orderPlaced.id.startsWith(prefix))(undefined);
  }
}

async function serve() {
  const graphql = GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    autoSchemaFile: true,
    subscription: true,
  });
  const pubSub = {
    provide: CachexPubSub,
    inject: [CachexService],
    useFactory: (c: CachexService) => new CachexPubSub(c),
  };
  const { app, cache, request } = await apps.http('fastify', { imports: [graphql], providers: [pubSub, Orders] });
  return {
    cache,
    url: (await app.getUrl()).replace('http', 'ws'),
    place: (id: string) =>
      request('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `mutation { place(id: "${id}") }` }),
      }),
  };
}

/** A browser that subscribes with the protocol of graphql-ws. */
async function subscribe(url: string, prefix: string) {
  const socket = new WebSocket(`${url}/graphql`, 'graphql-transport-ws');
  apps.closing(async () => {
    socket.terminate();
    await Promise.resolve();
  });
  await once(socket, 'open');
  const events: unknown[] = [];
  const acknowledged = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; payload?: unknown };
      if (message.type === 'connection_ack') resolve();
      if (message.type === 'next') events.push(message.payload);
    });
  });
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await acknowledged;
  const query = `subscription { orderPlaced(prefix: "${prefix}") { id at } }`;
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  return { socket, events };
}

describe('CachexPubSub under Mercurius', () => {
  it('delivers events of any process to subscribers, and unsubscribes clients that have left', async () => {
    const [one, other] = [await serve(), await serve()];
    const listeners = async () => apps.server.cli('PUBSUB', 'NUMSUB', one.cache.makeKey('orderPlaced'));
    const { socket, events } = await subscribe(one.url, 'a');
    // Published again and again until the subscriber hears it, because it does not learn when it is subscribed.
    await expect
      .poll(async () => {
        expect((await other.place('b1')).body).toEqual({ data: { place: true } });
        await other.place('a1');
        return events.length;
      })
      .toBeGreaterThan(0);
    expect(events[0]).toEqual({ data: { orderPlaced: { id: 'a1', at: '1970-01-01T00:00:00.000Z' } } });
    expect(await listeners()).toMatch(/\b1$/m);
    socket.close();
    await expect.poll(listeners).toMatch(/\b0$/m);
  });
});
