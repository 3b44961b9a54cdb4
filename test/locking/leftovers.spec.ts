import { describe, expect, it } from 'vitest';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';

onEveryTopology((t) => {
  describe('on the server', () => {
    it('getOrSet with lock leaves nothing of its lock', async () => {
      await t.cache.getOrSet(t.key(), () => 'made', { lock: true });
      const held = `${t.cache.toJSON().keyPrefix}:lock:{1:getOrSet:${t.key()}}`;
      const keys = ['', ':line', ':seen', ':fence'].map((part) => held + part);
      await expect.poll(() => raw(t.cache, 'EXISTS', ...keys)).toBe(0);
    });

    it.each(['lock', 'sem'] as const)(
      'what was had (%s) leaves its last fencing token for ten minutes',
      async (space) => {
        const open = () => (space === 'lock' ? t.cache.lock(t.key('name')) : t.cache.semaphore(t.key('name'), 1));
        await open().using(() => undefined);
        const fence = `${t.cache.toJSON().keyPrefix}:${space}:{1:${t.key('name')}}:fence`;
        const seconds = Number(await raw(t.cache, 'TTL', fence));
        expect(seconds).toBeGreaterThan(590);
        expect(seconds).toBeLessThanOrEqual(600);
      },
    );
  });
});
