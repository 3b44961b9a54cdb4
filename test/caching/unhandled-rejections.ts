import { afterAll, beforeAll, expect } from 'vitest';

/** Rejections that nobody waits for, in the tests of a file: there must be none. */
export function expectNoUnhandledRejections(): void {
  const seen: unknown[] = [];
  const keep = (reason: unknown): void => void seen.push(reason);
  beforeAll(() => void process.on('unhandledRejection', keep));
  afterAll(async () => {
    // They are told of after the microtasks of a turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', keep);
    expect(seen).toEqual([]);
  });
}
