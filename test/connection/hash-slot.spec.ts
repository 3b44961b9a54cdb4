import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { hashSlot } from '../../lib/wire/hash-slot.js';
import { type RedisServer, startServer } from '../servers/server.js';

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startServer({ engine: 'redis', config: { 'cluster-enabled': 'yes' } });
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const slotOnServer = async (key: string | Buffer): Promise<number> =>
  Number(await redis.call('CLUSTER', ['KEYSLOT', key]));

it.each(['', 'a', 'foo{bar}', 'foo{{bar}}zap', 'foo{bar}{zap}', '{}', 'foo{}{bar}', 'a{b', 'a}b{c}', 'é{ü}', '{\0}x'])(
  'the slot of %j is that of the server',
  async (key) => {
    expect(hashSlot(key)).toBe(await slotOnServer(key));
    expect(hashSlot(Buffer.from(key))).toBe(hashSlot(key));
  },
);

it('the slot of any key equals that of the server', async () => {
  const piece = fc.oneof(fc.constantFrom('{', '}', '{}'), fc.string({ unit: 'grapheme', maxLength: 5 }));
  const key = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(key, async (each) => {
      expect(hashSlot(each)).toBe(await slotOnServer(each));
    }),
    { numRuns: 300 },
  );
});
