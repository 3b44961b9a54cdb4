import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import type { CachexOptions, CachexService, FactoryContext, GetOrSetOptions } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

const instances = 4;
const readersOfEach = 3;
const runMs = 2500;
/** On a busy machine it takes longer until enough has happened. */
const mostMs = 15_000;

/** About half of the reads are early. */
const stampede = { delta: '6s', buffer: '1s' } as const;
const kinds: readonly GetOrSetOptions[] = [
  { timeout: '10s' },
  { timeout: '10s', lock: true },
  { timeout: '10s', grace: '1h' },
  { timeout: '20ms', grace: '1h' },
  { timeout: '10s', stampede },
  { timeout: '10s', grace: '1h', stampede },
  { timeout: '10s', grace: '1h', stampede, lock: true },
];

interface Value {
  readonly n: number;
}

/** The source of the values, and the versions that no reader may get any more. */
class Row {
  /** The current version at the source. */
  current = 0;
  /** The version that the last resolved invalidation has replaced. */
  floor = 0;
  reads = 0;
  readonly stale: string[] = [];

  constructor(
    private readonly name: string,
    private readonly options: GetOrSetOptions,
  ) {}

  /** Runs until the given time is over. */
  async change(caches: readonly CachexService[], isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const value = ++this.current;
      await caches[randomInt(instances)]!.invalidateTags([this.name]);
      this.floor = value;
      await delay(randomInt(40));
    }
  }

  async read(cache: CachexService, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const isTaggedByFactory = randomInt(2) === 0;
      const least = this.floor;
      const { n } = isTaggedByFactory
        ? await cache.getOrSet<Value>(this.name, (context) => this.load(context), this.options)
        : await cache.getOrSet<Value>(this.name, () => this.load(), { ...this.options, tags: [this.name] });
      this.check('getOrSet', n, least);
      const nowLeast = this.floor;
      const { n: stored } = await cache.get<Value, Value>(this.name, { default: { n: Infinity } });
      this.check('get', stored, nowLeast);
      await delay(randomInt(5));
    }
  }

  private check(call: string, value: number, least: number): void {
    this.reads++;
    if (value < least) this.stale.push(`${call} of ${JSON.stringify(this.options)}: ${value} after ${least}`);
  }

  private async load(context?: FactoryContext): Promise<Value> {
    const n = this.current;
    await delay(randomInt(25));
    context?.setTags([this.name]);
    return { n };
  }
}

describe.each([
  ['redis standalone', {}],
  ['redis cluster', {}],
  ['redis standalone', { tracking: true }],
  ['redis cluster', { tracking: true }],
  ['embedded engine', {}],
] as const satisfies readonly (readonly [string, Omit<CachexOptions, 'connection'>])[])(
  'histories of %s, %o',
  (topology, options) => {
    it('contain no read of a version that was invalidated before the read began', { timeout: 30_000 }, async () => {
      const shared = { ...options, keyPrefix: randomUUID(), connection: inject('connections')[topology]! };
      const caches = await Promise.all(Array.from({ length: instances }, () => openCache(shared)));
      const rows = kinds.map((kind, index) => new Row(`row:${index}`, kind));
      const start = performance.now();
      const isOver = (): boolean => {
        const elapsed = performance.now() - start;
        return elapsed > mostMs || (elapsed > runMs && rows.every(({ reads, floor }) => reads > 20 && floor > 5));
      };
      const readers = Array.from({ length: readersOfEach }, () => caches).flat();
      await Promise.all(
        rows.flatMap((row) => [row.change(caches, isOver), ...readers.map((cache) => row.read(cache, isOver))]),
      );
      await Promise.all(caches.map((cache) => cache.close()));
      expect(rows.flatMap(({ stale }) => stale)).toEqual([]);
      for (const { reads, floor } of rows) {
        expect(reads).toBeGreaterThan(20);
        expect(floor).toBeGreaterThan(5);
      }
    });
  },
);
