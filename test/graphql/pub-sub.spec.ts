import { Logger } from '@nestjs/common';
import { buildSchema, type ExecutionResult, parse, subscribe } from 'graphql';
import { withFilter } from 'graphql-subscriptions';
import { describe, expect, it, vi } from 'vitest';
import { CachexPubSub } from '../../lib/graphql/index.js';
import { ConnectionError } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { openCache } from '../open-cache.js';

const schema = buildSchema(`
  type Query { none: String }
  type Order { id: Int!, total: Float!, at: String! }
  type Subscription { orderPlaced(least: Float): Order! }`);

interface Placed {
  readonly orderPlaced: { readonly id: number; readonly total: number; readonly at: Date };
}

/** The query in GraphQL. */
async function listen(pubSub: CachexPubSub, trigger: string) {
  const stream = await subscribe({
    schema,
    document: parse('subscription ($least: Float) { orderPlaced(least: $least) { id total at } }'),
    variableValues: { least: 50 },
    rootValue: {
      orderPlaced: (args: { least: number }) =>
        withFilter(
          () => pubSub.asyncIterableIterator<Placed>(trigger),
          (event?: Placed, wanted?: { least: number }) => event!.orderPlaced.total >= wanted!.least,
        )(undefined, args),
    },
  });
  return stream as AsyncGenerator<ExecutionResult, void>;
}

/** Resolves when the next subscription listens: an iterator subscribes at its first `next()`. */
function listening(pubSub: CachexPubSub): Promise<void> {
  return new Promise((resolve) => {
    const subscribing = vi.spyOn(pubSub, 'subscribe');
    subscribing.mockImplementationOnce(async (...call) => {
      subscribing.mockRestore();
      const id = await pubSub.subscribe(...call);
      resolve();
      return id;
    });
  });
}

const order = (id: number, total: number): Placed => ({ orderPlaced: { id, total, at: new Date(0) } });

onEveryTopology((t) => {
  describe('the events of GraphQL subscriptions', () => {
    it('arrive from any process at their subscribers, with their types', async () => {
      const trigger = t.key('orderPlaced');
      const [here, there] = [new CachexPubSub(t.cache), new CachexPubSub(t.cache)];
      const stream = await listen(here, trigger);
      const [isListening, next] = [listening(here), stream.next()];
      await isListening;
      await there.publish(trigger, order(1, 10));
      await t.cache.publish(trigger, order(2, 90));
      const { value } = await next;
      // GraphQL serializes a Date as a String.
      expect(value).toEqual({ data: { orderPlaced: { id: 2, total: 90, at: '0' } } });
      await stream.return();
    });

    it('arrive at all listeners, in order, from several triggers', async () => {
      const [a, b] = [t.key('a'), t.key('b')];
      const pubSub = new CachexPubSub(t.cache);
      const got: unknown[] = [];
      const ids = [
        await pubSub.subscribe(a, (payload) => got.push(['first', payload])),
        await pubSub.subscribe(a, (payload) => got.push(['second', payload])),
        await pubSub.subscribe(b, (payload) => got.push(['other', payload])),
      ];
      expect(new Set(ids).size).toBe(3);
      for (const payload of [{ at: new Date(0) }, 2n]) await pubSub.publish(a, payload);
      await pubSub.publish(b, null);
      await expect.poll(() => got).toHaveLength(5);
      expect(got.filter((each) => (each as unknown[])[0] === 'first')).toEqual([
        ['first', { at: new Date(0) }],
        ['first', 2n],
      ]);
      for (const id of ids) await pubSub.unsubscribe(id);
    });

    it('no longer arrive at a client that has left', async () => {
      const trigger = t.key('gone');
      const pubSub = new CachexPubSub(t.cache);
      const iterator = pubSub.asyncIterableIterator<number>(trigger);
      const [isListening, next] = [listening(pubSub), iterator.next()];
      await isListening;
      await pubSub.publish(trigger, 1);
      expect(await next).toEqual({ value: 1, done: false });
      const waiting = iterator.next();
      await iterator.return();
      expect(await waiting).toEqual({ value: undefined, done: true });
      await expect.poll(() => t.cache.publish(trigger, 2)).toBe(0);
      await expect(pubSub.unsubscribe(4711)).resolves.toBeUndefined();
    });

    it('arrive at no client that left before listening had begun', async () => {
      const pubSub = new CachexPubSub(t.cache);
      const over = { value: undefined, done: true };
      const [early, never] = ['early', 'never'].map((name) => pubSub.asyncIterableIterator(t.key(name)));
      const next = early!.next();
      expect(await early!.return()).toEqual(over);
      expect(await next).toEqual(over);
      await never!.return();
      expect(await never!.next()).toEqual(over);
      for (const name of ['early', 'never']) await expect.poll(() => t.cache.publish(t.key(name), 1)).toBe(0);
    });

    it('come from all triggers or from none', async () => {
      const pubSub = new CachexPubSub(t.cache);
      const iterator = pubSub.asyncIterableIterator([t.key('good'), '']);
      await expect(iterator.next()).rejects.toThrow('A channel must be');
      await expect.poll(() => t.cache.publish(t.key('good'), 1)).toBe(0);
      expect(await iterator.return()).toEqual({ value: undefined, done: true });
      await expect(iterator.throw(new Error('thrown'))).rejects.toThrow('thrown');
    });
  });
});

describe('CachexPubSub', () => {
  it('logs the rejection of a listener, and continues', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const cache = await openCache({ connection: 'memory://' });
    const pubSub = new CachexPubSub(cache);
    const got: unknown[] = [];
    await pubSub.subscribe('a', async (payload) => {
      got.push(payload);
      await Promise.reject(new Error('no such order'));
    });
    for (const payload of [1, 2]) await pubSub.publish('a', payload);
    await expect.poll(() => got).toEqual([1, 2]);
    await expect.poll(() => warn).toHaveBeenCalledTimes(2);
    expect(warn).toHaveBeenCalledWith('The subscription to "a" failed to handle a message: no such order');
    warn.mockRestore();
    await cache.close();
  });

  it('tells a subscriber that there is no server', async () => {
    const cache = await openCache({ connection: 'memory://' });
    await cache.close();
    await expect(new CachexPubSub(cache).subscribe('a', () => undefined)).rejects.toThrow(ConnectionError);
    await expect(new CachexPubSub(cache).publish('a', 1)).rejects.toThrow(ConnectionError);
    expect(() => new CachexPubSub({} as never)).toThrow('CachexPubSub must be given a CachexService');
  });
});
