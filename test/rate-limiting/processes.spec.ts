import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Worker } from '../locking/fleet.js';

interface Allowed {
  readonly from: number;
  readonly to: number;
}

const [processes, limit, windowMs, forMs] = [8, 50, 250, 1000];

/** The most calls that were certainly within one window, of all windows that begin with a call. */
function mostInWindow(calls: readonly Allowed[], lengthMs: number): number {
  return Math.max(
    ...calls.map(({ from }) => calls.filter((each) => each.from >= from && each.to < from + lengthMs).length),
  );
}

describe.each(['redis standalone', 'redis cluster'])('a rate limiter in 8 processes on %s', (topology) => {
  let fleet: Worker[];
  beforeAll(async () => {
    const [connection, keyPrefix] = [inject('connections')[topology], randomUUID()];
    fleet = await Promise.all(Array.from({ length: processes }, () => Worker.start(connection, keyPrefix)));
  });
  afterAll(async () => {
    await Promise.all(fleet.map((worker) => worker.kill()));
  });

  it.each([
    ['sliding', {}, limit],
    ['gcra', { burst: 10 }, limit + 10],
  ])('%s: never allows more than it may in any window, and all of it', async (algorithm, options, most) => {
    const what = { name: algorithm, id: 'one', limit, window: windowMs / 1000, algorithm, forMs, ...options };
    const calls = (await Promise.all(fleet.map((worker) => worker.call<Allowed[]>('consume', what)))).flat();
    expect(mostInWindow(calls, windowMs)).toBeLessThanOrEqual(most);
    const lengthMs = Math.max(...calls.map(({ to }) => to)) - Math.min(...calls.map(({ from }) => from));
    expect(calls.length).toBeLessThanOrEqual(most * Math.ceil(lengthMs / windowMs + 1));
    expect(calls.length).toBeGreaterThan(limit * (forMs / windowMs / 2));
  });
});
