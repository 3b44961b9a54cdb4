import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { isHere } from '../servers/engine.js';
import { type RedisServer, startServer } from '../servers/server.js';
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
