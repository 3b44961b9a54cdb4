import { describe, expect, it } from 'vitest';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { ScriptedServer } from './scripted-server.js';

describe('a middlebox before a server', () => {
  it.each(['*32000000\r\n'.repeat(60), '*4294967296', '@', ':1.5', '$-7'])(
    'may answer nonsense, which is an error at once, and not for ever: %j',
    async (nonsense) => {
      let isWell = false;
      await using server = await ScriptedServer.start((command) =>
        isWell || !/\r\nget\r\n/.test(command) ? '+OK\r\n' : `${nonsense}\r\n`,
      );
      const cache = await openCache(
        { connection: { ...server.address, commandTimeout: '20s' } },
        new QuietLogger('Cachex'),
      );
      const calls = await Promise.allSettled([cache.get('key'), cache.get('key'), cache.set('key', 1)]);
      expect(calls[0]).toMatchObject({ status: 'rejected' });
      expect(calls.map((call) => call.status)).toEqual(Array(3).fill('rejected'));
      expect(calls[0]).toMatchObject({
        reason: { name: 'ConnectionError', message: expect.stringMatching(/sent something that is not a Redis reply/) },
      });
      isWell = true;
      expect(await cache.set('key', 1)).toBe(true);
      await cache.close();
    },
  );

  it('may answer nonsense at the start of a connection', async () => {
    let isWell = false;
    await using server = await ScriptedServer.start((command) =>
      isWell || !/\r\ninfo\r\n/.test(command) ? '+OK\r\n' : '*32000000\r\n'.repeat(60),
    );
    const cache = await openCache({ connection: server.address }, new QuietLogger('Cachex'));
    await expect(cache.get('key')).rejects.toThrow(/sent something that is not a Redis reply/);
    isWell = true;
    await expect.poll(() => cache.set('key', 1).catch(() => false)).toBe(true);
    await cache.close();
  });
});
