import { afterAll, beforeAll, expect } from 'vitest';

/** Fails if the tests of a file leave a rejection unhandled. */
export function expectNoUnhandledRejections(): void {
  const seen: unknown[] = [];
  const keep = (reason: unknown): void => void seen.push(reason);
  beforeAll(() => void process.on('unhandledRejection', keep));
  afterAll(async () => {
    // Node.js reports them after the microtasks of a turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', keep);
    expect(seen).toEqual([]);
  });
}
