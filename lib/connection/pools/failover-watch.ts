import type { Redis } from 'ioredis';
import type { ResolvedSentinel } from '../../options/index.js';
import type { Login } from '../driver/login.js';
import { RedisSubscription } from '../links/redis-subscription.js';
import { sentinelEndpoints } from './sentinel-endpoints.js';

/** Called by each of the Sentinels with the address of the new primary. */
type OnFailover = (host: string, port: string) => void;

/**
 * Hears from the Sentinels of a new primary. The old one may accept writes for seconds until it is told to follow the
 * new one, and then loses them all.
 */
export class FailoverWatch {
  private readonly subscriptions: readonly RedisSubscription[];
  /** The number of the last failover that a Sentinel was asked about; announced failovers have none. */
  private lastEpoch: number | undefined;

  constructor(
    private readonly connection: ResolvedSentinel,
    private readonly onFailover: OnFailover,
    login: Login | undefined,
  ) {
    this.subscriptions = sentinelEndpoints(connection, login).map((endpoint) => {
      let asked: Promise<unknown> = Promise.resolve();
      const listener = {
        onMessage: (message: Buffer) => this.heard(message.toString()),
        onListening: () => void asked.then((fields) => this.compare(fields)),
        onSilence: () => undefined,
      };
      // Together with SUBSCRIBE: the answer covers what happened before it, and messages cover what happens after.
      const ask = async (redis: Redis): Promise<void> => {
        asked = redis.call('SENTINEL', 'MASTER', connection.name).catch(() => undefined);
      };
      return new RedisSubscription(() => endpoint, '+switch-master', listener, ask);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
  }

  private heard(message: string): void {
    const [name, , , host, port] = message.split(' ');
    if (name === this.connection.name && host && port) this.onFailover(host, port);
  }

  /** A missed failover has a number of its own; a Sentinel that lags behind reports an older one. */
  private compare(reply: unknown): void {
    if (!Array.isArray(reply)) return;
    const valueOf = (field: string): string => String(reply[reply.indexOf(field) + 1]);
    const epoch = Number(valueOf('config-epoch'));
    const { lastEpoch } = this;
    if (Number.isNaN(epoch) || (lastEpoch !== undefined && epoch <= lastEpoch)) return;
    this.lastEpoch = epoch;
    if (lastEpoch !== undefined) this.onFailover(valueOf('ip'), valueOf('port'));
  }
}
