import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { isHere } from '../servers/engine.js';
import { type RedisServer, startServer } from '../servers/server.js';
import type { Call } from './differential/calls.js';
import { Differential } from './differential/differential.js';
import { newestFamilies } from './differential/newest-calls.js';
import { RespConnection } from './differential/resp-connection.js';
import { commandsPerFamily, seed, timeoutMs } from './differential/size.js';

describe.runIf(isHere('newest-redis'))('the embedded engine answers as Redis 8 does', () => {
  let server: RedisServer;
  let connection: RespConnection;

  beforeAll(async () => {
    server = await startServer({ engine: 'newest-redis' });
    connection = await RespConnection.open(server.port);
  });

  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  it('for numbers far below the range of a bit field', async () => {
    const numbers = [0n, 1n, 15n, 16n, 17n, 2n ** 62n - 1n, 2n ** 62n].map((more) => String(more - 2n ** 63n));
    const calls = ['SAT', 'WRAP', 'FAIL'].flatMap((overflow) =>
      ['i1', 'i5', 'i62', 'i63', 'i64', 'u5'].flatMap((type) =>
        numbers.flatMap((number): Call[] => [
          ['BITFIELD', 'a', 'OVERFLOW', overflow, 'SET', type, '0', number, 'GET', type, '0'],
          ['BITFIELD', 'a', 'OVERFLOW', overflow, 'INCRBY', type, '3', number, 'GET', type, '3'],
        ]),
      ),
    );
    const differential = new Differential(connection, new MemoryServer().connect());
    await differential.run(calls);
    expect(differential.compared).toBe(calls.length);
  });

  it.each(Object.keys(newestFamilies))(
    'for any run of commands: %s',
    async (family) => {
      const differential = new Differential(connection, new MemoryServer().connect());
      const calls = fc.array(newestFamilies[family]!, { minLength: 1, maxLength: 60, size: 'max' });
      const property = fc.asyncProperty(calls, (list) => differential.run(list));
      for (let round = 0; differential.compared < commandsPerFamily; round++) {
        await fc.assert(property, { numRuns: 10, seed: seed + round });
      }
      expect(differential.compared).toBeGreaterThanOrEqual(commandsPerFamily);
    },
    timeoutMs,
  );
});
