import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';

/** What the cases of the benchmark share: rounds in turn inside one run, and medians of them. */

export const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** An object whose JSON has about `bytes` bytes. */
export function sampleObject(bytes) {
  const product = { id: 12345, name: 'A mechanical keyboard', price: 129.9, inStock: true, tags: ['input', 'desk'] };
  const rest = bytes - JSON.stringify({ ...product, description: '' }).length;
  return { ...product, description: 'x'.repeat(Math.max(0, rest)) };
}

/**
 * Runs every contender in every round, so that whatever else the machine does hits all of them alike.
 * Gives the median seconds of each.
 */
export async function inTurn(contenders, rounds) {
  const seconds = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      globalThis.gc?.();
      const start = performance.now();
      const measured = await run();
      const elapsed = typeof measured === 'number' ? measured : (performance.now() - start) / 1000;
      // The first round warms up.
      if (round >= 0) seconds[name].push(elapsed);
    }
  }
  return Object.fromEntries(Object.entries(seconds).map(([name, times]) => [name, median(times)]));
}

/** The service of an application that has nothing else. */
export async function openCache(CachexModule, CachexService, options) {
  const root = { module: class Root {}, imports: [CachexModule.forRoot(options)] };
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  return app.get(CachexService);
}
