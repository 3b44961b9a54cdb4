import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lease } from '../../lib/locking/lease.js';

const now = (): number => performance.now();
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a lease', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A server that answers after some milliseconds, and records when it was asked. */
  function server(lengthMs: number, answerMs: number, answer: () => number = () => lengthMs) {
    const asked: number[] = [];
    let underWay = 0;
    return {
      asked,
      renew: async (): Promise<number> => {
        expect(++underWay).toBe(1);
        asked.push(now());
        await after(answerMs);
        underWay--;
        return answer();
      },
    };
  }

  describe.each([200, 500, 1000, 5000, 30_000, 60_000])('of %i ms', (lengthMs) => {
    it('is renewed at each third of its length, one attempt at a time, and lasts', async () => {
      const onEnd = vi.fn();
      const { asked, renew } = server(lengthMs, lengthMs / 20);
      const lease = new Lease({ renew, leaseEnded: onEnd }, lengthMs, true, now() + lengthMs);
      const start = now();
      await vi.advanceTimersByTimeAsync(10 * lengthMs);
      expect(onEnd).not.toHaveBeenCalled();
      expect(asked.length).toBeGreaterThanOrEqual(29);
      expect(asked.length).toBeLessThanOrEqual(30);
      expect(asked[0]! - start).toBeCloseTo(lengthMs / 3, -1);
      lease.stop();
    });

    it('is requested at most 4 times in its length if nobody answers, and then it is over', async () => {
      const onEnd = vi.fn();
      const { asked, renew } = server(lengthMs, 1, () => {
        throw new Error('no connection');
      });
      const lease = new Lease({ renew, leaseEnded: onEnd }, lengthMs, true, now() + lengthMs);
      const start = now();
      await vi.advanceTimersByTimeAsync(3 * lengthMs);
      expect(asked.length).toBeGreaterThan(1);
      expect(asked.length).toBeLessThanOrEqual(4);
      expect(onEnd.mock.calls).toEqual([['over']]);
      expect(lease.leftMs).toBe(0);
      expect(asked.at(-1)! - start).toBeLessThan(lengthMs);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('is requested once if the answer does not come, and then it is over', async () => {
      const onEnd = vi.fn();
      const { asked, renew } = server(lengthMs, 100 * lengthMs);
      const start = now();
      let endedAt = 0;
      onEnd.mockImplementation(() => (endedAt = now()));
      void new Lease({ renew, leaseEnded: onEnd }, lengthMs, true, now() + lengthMs);
      await vi.advanceTimersByTimeAsync(3 * lengthMs);
      expect(asked).toHaveLength(1);
      expect(onEnd.mock.calls).toEqual([['over']]);
      expect(endedAt - start).toBeCloseTo(lengthMs, -1);
    });
  });

  it('that the server no longer knows is lost at once', async () => {
    const onEnd = vi.fn();
    const { asked, renew } = server(300, 5, () => -1);
    void new Lease({ renew, leaseEnded: onEnd }, 300, true, now() + 300);
    await vi.advanceTimersByTimeAsync(110);
    expect(onEnd.mock.calls).toEqual([['lost']]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(1);
    expect(onEnd).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lasts from before the renewal was sent, not from its answer', async () => {
    const { renew } = server(300, 150);
    const lease = new Lease({ renew, leaseEnded: vi.fn() }, 300, true, now() + 300);
    await vi.advanceTimersByTimeAsync(251);
    expect(lease.leftMs).toBeLessThanOrEqual(300 - 150);
    lease.stop();
  });

  it('that was stopped reports nothing, renews nothing and keeps no timer, even during a renewal', async () => {
    const onEnd = vi.fn();
    const { asked, renew } = server(300, 50, () => -1);
    const lease = new Lease({ renew, leaseEnded: onEnd }, 300, true, now() + 300);
    await vi.advanceTimersByTimeAsync(110);
    expect(asked).toHaveLength(1);
    lease.stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(onEnd).not.toHaveBeenCalled();
    expect(asked).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is over, not renewed, after a standstill longer than itself', async () => {
    const onEnd = vi.fn();
    const { asked, renew } = server(300, 5);
    const lease = new Lease({ renew, leaseEnded: onEnd }, 300, true, now() + 300);
    // Timers fire late and all at once, as after SIGCONT.
    const start = now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => start + 5000);
    await vi.advanceTimersByTimeAsync(150);
    clock.mockRestore();
    expect(asked).toHaveLength(0);
    expect(onEnd.mock.calls).toEqual([['over']]);
    lease.stop();
  });

  it('that is not renewed has no timer until somebody watches it', async () => {
    const onEnd = vi.fn();
    const lease = new Lease({ renew: vi.fn(), leaseEnded: onEnd }, 300, false, now() + 300);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
    lease.watch();
    expect(vi.getTimerCount()).toBe(1);
    lease.moveTo(now() + 1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(onEnd).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(onEnd.mock.calls).toEqual([['over']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may be longer than a timer can wait', async () => {
    const onEnd = vi.fn();
    const lengthMs = 100 * 365 * 86_400_000;
    const lease = new Lease({ renew: vi.fn(), leaseEnded: onEnd }, lengthMs, false, now() + lengthMs);
    lease.watch();
    await vi.advanceTimersByTimeAsync(30 * 86_400_000);
    expect(onEnd).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(1);
    lease.stop();
  });
});
