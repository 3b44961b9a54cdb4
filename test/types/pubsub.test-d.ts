import { describe, expectTypeOf, it } from 'vitest';
import { type CachexService, type MessageContext, Subscribe, type Subscription } from '../../lib/index.js';

interface Order {
  total: number;
}

declare const cache: CachexService;

describe('pub/sub', () => {
  it('messages are of the type named, or of that which the listener takes', () => {
    expectTypeOf(cache.subscribe<Order>('c', ({ total }) => total)).resolves.toEqualTypeOf<Subscription>();
    expectTypeOf(cache.psubscribe(['c*'], (order: Order) => order.total)).resolves.toEqualTypeOf<Subscription>();
    void cache.subscribe('c', (message, context) => {
      expectTypeOf(message).toEqualTypeOf<unknown>();
      expectTypeOf(context).toEqualTypeOf<MessageContext>();
    });
    void cache.subscribe('c', (text) => expectTypeOf(text).toEqualTypeOf<string>(), { raw: true });
    expectTypeOf(cache.publish('c', 1)).resolves.toEqualTypeOf<number>();
    expectTypeOf(cache.pipeline().publish('c', 1).get<Order>('k').execute()).resolves.toEqualTypeOf<
      [number, Order | undefined]
    >();
    // @ts-expect-error: sharded channels match no pattern
    void cache.psubscribe('c*', () => undefined, { sharded: true });
  });

  it('decorated methods take a message, and hooks the class', () => {
    class Board {
      reload(): void {}

      @Subscribe('a', { onGap: (board: Board) => board.reload() })
      show(_order: Order, { channel }: MessageContext): string {
        return channel;
      }

      // @ts-expect-error: the parameters are a message and its context
      @Subscribe('a')
      wrong(_order: Order, _channel: string): void {}

      // @ts-expect-error: the hook is for another class
      @Subscribe('a', { onGap: (date: Date) => date.getTime() })
      other(): void {}
    }
    expectTypeOf<Board>().toHaveProperty('show');
  });
});
