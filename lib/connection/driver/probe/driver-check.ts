import { setImmediate } from 'node:timers';
import type { Logger } from '@nestjs/common';
import { errorText } from '../../../errors/error-text.js';
import { mayLookInside, stayOutside } from '../driver-mode.js';
import { probeCluster } from './cluster-probe.js';
import type { Clients } from './pretended-server.js';
import { probeRedis } from './redis-probe.js';

/** More than it takes: nothing is waited for that is outside of this process. By turns, as a busy machine has its time. */
const mostTurns = 2000;

// Not the global one, which tests may replace by a clock of theirs.
const inNextTurn = setImmediate;

let redisChecked: Promise<void> | undefined;
let clusterChecked: Promise<void> | undefined;

/** Tries once whether the driver is inside what the library takes it for; where it is not, nothing inside it is used. */
export async function checkDriver(
  type: 'standalone' | 'sentinel' | 'cluster',
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  // For the tests of what is documented.
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
      `ioredis works differently inside than nest-cachex expects (failed: ${errorText(error)}). nest-cachex now uses its ` +
        'public interface only, which is slower and otherwise the same. A newer nest-cachex may support this ioredis in full',
    );
  } finally {
    turns.end();
    for (const client of clients) client.disconnect();
  }
}

/** More turns of the event loop than it takes. */
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
