import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';

/** What the parts of the benchmark share: rounds in turn inside one run, and what is drawn from them. */

/** The number that this share of the numbers does not exceed. */
export const quantile = (numbers, share) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place % 1);
};

export const median = (numbers) => quantile(numbers, 0.5);

const words = ['wireless', 'keyboard', 'with', 'silent', 'keys', 'for', 'long', 'evenings', 'and', 'early', 'mornings'];

const product = (id) => ({
  id,
  name: `Keyboard ${id}`,
  price: Math.round(id * 7.9) / 100 + 19,
  inStock: id % 3 > 0,
  tags: [words[id % 11], words[(id * 7) % 11]],
  description: Array.from({ length: 12 }, (_, n) => words[(id + n * (1 + (id % 5))) % 11]).join(' '),
});

/** An object whose JSON has about `bytes` bytes: a product, or as many of them as fit. */
export function sampleObject(bytes) {
  if (bytes <= 200) return product(12_345);
  const items = Array.from({ length: Math.round(bytes / 200) }, (_, n) => product(n * 97));
  return { page: 1, total: items.length, items };
}

/** The list, rotated, so that no contender always follows the same one. */
export const rotated = (all, by) => [...all.slice(by % all.length), ...all.slice(0, by % all.length)];

/**
 * Runs every contender once per round, so that other load on the machine affects all of them alike. Returns the median
 * seconds of each.
 */
export async function inTurn(contenders, rounds) {
  const seconds = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of rotated(Object.entries(contenders), round + 1)) {
      const start = performance.now();
      const measured = await run();
      const elapsed = typeof measured === 'number' ? measured : (performance.now() - start) / 1000;
      // The first round warms up.
      if (round >= 0) seconds[name].push(elapsed);
    }
  }
  return Object.fromEntries(Object.entries(seconds).map(([name, times]) => [name, median(times)]));
}

/** Calls for `ms` milliseconds, `inFlight` at a time; returns the number of calls. */
export async function callFor(ms, inFlight, call) {
  const end = performance.now() + ms;
  let calls = 0;
  const caller = async () => {
    while (performance.now() < end) await call(calls++);
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return calls;
}

export async function secondsOf(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Milliseconds of the longest wait of another caller, who shares this process, until `work` has ended. */
export async function longestWait(redis, work) {
  await redis.ping();
  let isOver = false;
  let longest = 0;
  const ended = work().finally(() => (isOver = true));
  while (!isOver) {
    const start = performance.now();
    await redis.ping();
    longest = Math.max(longest, performance.now() - start);
  }
  await ended;
  return longest;
}

/** The service of an application with no other module. */
export async function openCache(CachexModule, CachexService, options) {
  const root = { module: class Root {}, imports: [CachexModule.forRoot(options)] };
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  return app.get(CachexService);
}
