import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { callsOf, families } from './differential/all-calls.js';
import { compareBlocking, engineSide, serverSide, steps } from './differential/blocking.js';
import { Differential } from './differential/differential.js';
import { toPlain } from './differential/normalise.js';
import { RespConnection } from './differential/resp-connection.js';
import { libraryScripts } from './differential/library-scripts.js';
import { scripts } from './differential/scripts.js';
import { commandsPerFamily, seed, timeoutMs } from './differential/size.js';

const runsAtOnce = 10;

describe('the embedded engine answers as Redis 7.0 does', () => {
  let server: RedisServer;
  let connection: RespConnection;
  let total = 0;

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    connection = await RespConnection.open(server.port);
  });

  afterAll(async () => {
    connection.close();
    await server.stop();
    if (process.env['DIFFERENTIAL_COMMANDS']) console.log(`${total} commands compared, seed ${seed}`);
  });

  /** New commands in each round, until there are enough. */
  async function checkInRounds<T>(property: fc.IAsyncProperty<T>, compared: () => number): Promise<void> {
    for (let round = 0; compared() < commandsPerFamily; round++) {
      await fc.assert(property, { numRuns: runsAtOnce, seed: seed + round });
    }
    total += compared();
  }

  it.each(Object.keys(families))(
    'for any run of commands: %s',
    async (family) => {
      const differential = new Differential(connection, new MemoryServer().connect());
      const property = fc.asyncProperty(callsOf(family), (calls) => differential.run(calls));
      await checkInRounds(property, () => differential.compared);
      expect(differential.compared).toBeGreaterThanOrEqual(commandsPerFamily);
    },
    timeoutMs,
  );

  it(
    'when commands block, and what unblocks them',
    async () => {
      const engine = new MemoryServer();
      await engine.connect().call('EVAL', ['return 1', 0]);
      let compared = 0;
      const property = fc.asyncProperty(steps, async (script) => {
        const sides = { server: await serverSide(server.port), engine: engineSide(engine) };
        try {
          compared += await compareBlocking(sides.server, sides.engine, script);
        } finally {
          sides.server.close();
          sides.engine.close();
        }
      });
      await checkInRounds(property, () => compared);
      expect(compared).toBeGreaterThanOrEqual(commandsPerFamily);
    },
    timeoutMs,
  );

  async function bothSides(
    source: string,
    numkeys: string | Buffer = '0',
    ...args: (string | Buffer)[]
  ): Promise<[unknown, unknown]> {
    const session = new MemoryServer().connect();
    const words = [source, numkeys, ...args];
    for (const side of [connection, session]) {
      await side.call('RESET');
      await side.call('FLUSHALL');
      await side.call('SET', ['text', 'not a number']);
    }
    return [toPlain(await session.call('EVAL', words)), toPlain(await connection.call('EVAL', words))];
  }

  it.each(scripts)('for the script %j', async (...words) => {
    const [answer, expected] = await bothSides(...words);
    expect(answer).toEqual(expected);
  });

  it('for the libraries of scripts', async () => {
    const differences: unknown[] = [];
    for (const [source] of libraryScripts) {
      const [answer, expected] = await bothSides(source);
      if (!isDeepStrictEqual(answer, expected)) differences.push({ source, answer, expected });
    }
    expect(differences).toEqual([]);
    expect(libraryScripts.length).toBeGreaterThan(500);
  });

  it(
    'for any floating-point number',
    async () => {
      const session = new MemoryServer().connect();
      const number = fc.oneof(
        fc.double({ noNaN: true }),
        fc.float({ noNaN: true }),
        fc.integer().map((n) => n / 128),
      );
      const decimal = fc.tuple(fc.integer(), fc.bigInt({ min: 0n, max: 10n ** 20n })).map(([n, f]) => `${n}.${f}`);
      const text = fc.oneof(number.map(String), decimal);
      await fc.assert(
        fc.asyncProperty(text, text, async (a, b) => {
          const calls: [string, string[]][] = [
            ['ZADD', ['z', 'INCR', a, 'm']],
            ['ZINCRBY', ['z', b, 'm']],
            ['SET', ['s', a]],
            ['INCRBYFLOAT', ['s', b]],
            ['EVAL', ['return {cjson.encode({tonumber(ARGV[1])}), tostring(tonumber(ARGV[1]))}', '0', a]],
          ];
          for (const side of [connection, session]) await side.call('FLUSHALL');
          for (const [name, args] of calls) {
            const expected = toPlain(await connection.call(name, args));
            expect(toPlain(await session.call(name, args)), `${name} ${args.join(' ')}`).toEqual(expected);
          }
        }),
        { numRuns: commandsPerFamily / 5, seed: seed },
      );
    },
    timeoutMs,
  );
});
