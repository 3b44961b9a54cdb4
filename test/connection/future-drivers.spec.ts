import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';
import { changes, futureDriver, unseen } from './future/driver.js';

const here = new URL('future/', import.meta.url).pathname;

interface Outcome {
  readonly said: string[];
  readonly wrong: string[];
}

/** Far more than the calls of a process take on a busy machine. */
const mostMs = 100_000;
const timeout = mostMs + 20_000;

/** Runs in a separate process, which must not end by itself. */
async function callOver(driver: string): Promise<Outcome> {
  const connections = inject('connections');
  const chosen = {
    standalone: { url: connections['redis standalone'] },
    sentinel: connections['redis sentinel'],
    cluster: connections['redis cluster'],
  };
  const given = JSON.stringify({ connections: chosen, prefix: randomUUID() });
  const env = { ...process.env, FUTURE_DRIVER: driver };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', `${here}hooks.mjs`, `${here}caller.mjs`, given],
    { env, timeout: mostMs },
  );
  return JSON.parse(/^@(.*)$/m.exec(stdout)![1]!) as Outcome;
}

const isTold = /^The internals of ioredis are not as/;
const toldOf = (said: readonly string[]): string[] => said.filter((line) => isTold.test(line));

/** A change for each kind of member; "npm run test:drivers" tries the others. */
const inSuite = ['commandQueue', 'condition', 'stream', 'sendCommand', 'connectionPool', 'its own write'];
const isAll = process.env['TEST_DRIVER'] !== undefined;
const tried = Object.entries(changes).filter(([name]) => isAll || inSuite.includes(name));

it('the current driver is used inside, without a log line', { timeout }, async () => {
  const { said, wrong } = await callOver(futureDriver((source) => source));
  expect(wrong).toEqual([]);
  expect(toldOf(said)).toEqual([]);
});

it.each(tried)(
  'no call is lost, no reply mixed up, and no process ended by a driver with another %s',
  { timeout },
  async (name, change) => {
    const driver = futureDriver(change);
    try {
      const { said, wrong } = await callOver(driver);
      expect(wrong).toEqual([]);
      // Some members are used only by the driver itself.
      expect(toldOf(said)).toHaveLength(unseen.has(name) ? 0 : 1);
    } finally {
      rmSync(dirname(dirname(dirname(driver))), { recursive: true });
    }
  },
);
