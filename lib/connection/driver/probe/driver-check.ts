import { setImmediate } from 'node:timers';
import type { Logger } from '@nestjs/common';
import { errorText } from '../../../errors/error-text.js';
import { mayLookInside, stayOutside } from '../driver-mode.js';
import { probeCluster } from './cluster-probe.js';
import type { Clients } from './pretended-server.js';
import { probeRedis } from './redis-probe.js';

/** More than the check needs, as it waits for nothing outside this process. Counted in turns, for busy machines. */
const mostTurns = 2000;

// Not the global one, which tests may fake.
const inNextTurn = setImmediate;

let redisChecked: Promise<void> | undefined;
let clusterChecked: Promise<void> | undefined;

/** Checks once that the driver's internals are what the library expects; if not, the library does not use them. */
export async function checkDriver(
  type: 'standalone' | 'sentinel' | 'cluster',
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  // For tests of the public interface.
  if (process.env['NEST_CACHEX_DRIVER'] === 'public') return stayOutside();
  await (redisChecked ??= check(probeRedis, logger));
  if (type === 'cluster' && mayLookInside()) await (clusterChecked ??= check(probeCluster, logger));
}

async function check(probe: (clients: Clients) => Promise<void>, logger: Pick<Logger, 'warn'>): Promise<void> {
  const clients: Clients = [];
  const turns = new Turns();
  try {
    await Promise.race([probe(clients), turns.over()]);
  } catch (error) {
    stayOutside();
    logger.warn(
      `The internals of ioredis are not as nest-cachex expects (failed check: ${errorText(error)}). nest-cachex now uses ` +
        'only its public interface, which is slower but keeps all promises. A newer nest-cachex may support this ioredis fully',
    );
  } finally {
    turns.end();
    for (const client of clients) client.disconnect();
  }
}

/** More turns of the event loop than the check needs. */
class Turns {
  private isEnded = false;

  async over(): Promise<void> {
    for (let turn = 0; turn < mostTurns && !this.isEnded; turn++) await new Promise((resolve) => inNextTurn(resolve));
    throw new Error('no answer');
  }

  end(): void {
    this.isEnded = true;
  }
}
