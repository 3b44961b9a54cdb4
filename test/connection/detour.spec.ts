import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Detour } from '../../lib/connection/links/detour.js';
import { ConnectionError } from '../../lib/index.js';

type Around = ConstructorParameters<typeof Detour>[0];
type Place = Parameters<Detour['after']>[1];

const place = {} as Place;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The detour of a call with `ms` left; records how long a refresh of the slots may take. */
function detourOf(ms: number) {
  const refreshes: number[] = [];
  const refresh = { within: async (atMost: number) => void refreshes.push(atMost) };
  const around = { address: 'the cluster', cluster: { refresh }, nodes: {} } as unknown as Around;
  return { detour: new Detour(around, performance.now() + ms), refreshes };
}

describe.each(['TRYAGAIN Multiple keys request during rehashing of slot', 'CLUSTERDOWN Hash slot not served'])(
  'a call that nodes refuse with %s',
  (message) => {
    it.each([100, 500, 2000, 60_000])('is sent again only while there is time for the reply: %i ms', async (ms) => {
      const { detour, refreshes } = detourOf(ms);
      const left: number[] = [];
      const over = (async () => {
        for (;;) {
          await detour.after(new Error(message), place);
          left.push(detour.leftMs);
        }
      })().catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(ms);
      expect(String(await over)).toContain(
        `ConnectionError: no node of the cluster accepted the call in time: ${message}`,
      );
      const replyMs = Math.min(ms / 4, 500);
      expect(left).toHaveLength(Math.floor((ms - replyMs) / 100));
      for (const each of left) expect(each).toBeGreaterThanOrEqual(replyMs);
      for (const [index, atMost] of refreshes.entries()) expect(atMost).toBeLessThanOrEqual(left[index]! - replyMs);
    });

    it('is not sent again if a busy process has slept through its time', async () => {
      const { detour } = detourOf(2000);
      const again = detour.after(new Error(message), place).catch((error: unknown) => error);
      vi.advanceTimersByTime(10_000);
      expect(await again).toBeInstanceOf(ConnectionError);
    });
  },
);
