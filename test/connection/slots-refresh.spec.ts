import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SlotsRefresh } from '../../lib/connection/driver/slots-refresh.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each<[string, () => Promise<void>]>([
  ['is done', async () => undefined],
  ['fails', () => Promise.reject(new Error('no node answers'))],
])('a wait for a refresh that %s leaves no timer behind', async (_, findSlots) => {
  await new SlotsRefresh(findSlots).within(60_000, new AbortController().signal);
  expect(vi.getTimerCount()).toBe(0);
});

it.each<[string, (stop: AbortController) => unknown]>([
  ['its time is over', () => vi.advanceTimersByTime(60_000)],
  ['its caller gives up', (stop) => stop.abort()],
])('a wait for a refresh that takes long ends when %s', async (_, end) => {
  const stop = new AbortController();
  const waiting = new SlotsRefresh(() => new Promise(() => undefined)).within(60_000, stop.signal);
  end(stop);
  await waiting;
  expect(vi.getTimerCount()).toBe(0);
});

it('a caller that has given up does not wait, and gets no error', async () => {
  await new SlotsRefresh(() => Promise.reject(new Error('no node answers'))).within(60_000, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});
