import { describe, expectTypeOf, it } from 'vitest';
import type {
  Autoclaimed,
  CachexService,
  FullStreamInfo,
  StreamInfo,
  PendingEntry,
  PendingSummary,
  StreamEntry,
} from '../../lib/index.js';

interface Order {
  total: number;
}

declare const cache: CachexService;

describe('streams', () => {
  it('entries have fields of the type named', () => {
    expectTypeOf(cache.xrange<Order>('k')).resolves.toEqualTypeOf<StreamEntry<Order>[]>();
    expectTypeOf(cache.xrange('k'))
      .resolves.items.toHaveProperty('fields')
      .toEqualTypeOf<Readonly<Record<string, unknown>>>();
    expectTypeOf(cache.xread<Order>({ k: '0' }, { block: '1s' })).resolves.toEqualTypeOf<
      Map<string, StreamEntry<Order>[]>
    >();
    expectTypeOf(cache.xadd('k', { a: 1 })).resolves.toEqualTypeOf<string | undefined>();
  });

  it('options change what is given', () => {
    expectTypeOf(cache.xpending('k', 'g')).resolves.toEqualTypeOf<PendingSummary>();
    expectTypeOf(cache.xpending('k', 'g', { count: 1 })).resolves.toEqualTypeOf<PendingEntry[]>();
    expectTypeOf(cache.xclaim<Order>('k', 'g', 'c', 0, ['1'])).resolves.toEqualTypeOf<StreamEntry<Order>[]>();
    expectTypeOf(cache.xclaim('k', 'g', 'c', 0, ['1'], { justid: true })).resolves.toEqualTypeOf<string[]>();
    expectTypeOf(cache.xautoclaim<Order>('k', 'g', 'c', 0)).resolves.toEqualTypeOf<Autoclaimed<Order>>();
  });

  it('xinfoStream tells more with full', () => {
    expectTypeOf(cache.xinfoStream<Order>('k')).resolves.toEqualTypeOf<StreamInfo<Order>>();
    expectTypeOf(cache.xinfoStream<Order>('k', { full: true, count: 5 })).resolves.toEqualTypeOf<
      FullStreamInfo<Order>
    >();
    expectTypeOf(cache.pipeline().xsetid('k', '7-0', { entriesAdded: 7 }).execute()).resolves.toEqualTypeOf<
      [boolean]
    >();
  });

  it('pipelines do not wait', () => {
    const pipe = cache.pipeline().xread<Order>({ k: '0' }, { count: 1 }).xlen('k');
    expectTypeOf(pipe.execute()).resolves.toEqualTypeOf<[Map<string, StreamEntry<Order>[]>, number]>();
    // @ts-expect-error: nothing can wait in a pipeline
    cache.pipeline().xread({ k: '0' }, { block: 1 });
  });
});
