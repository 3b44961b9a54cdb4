import type { Redis } from 'ioredis';
import type { ResolvedSentinel } from '../../options/index.js';
import type { Login } from '../driver/login.js';
import { RedisSubscription } from '../links/redis-subscription.js';
import { sentinelEndpoints } from './sentinel-endpoints.js';

/** Is told where the new primary is, by each of the Sentinels. */
type OnFailover = (host: string, port: string) => void;

/**
 * Hears from the Sentinels that there is a new primary. The old one may go on taking writes for seconds, until it is told
 * to follow the new one, and loses them all then.
 */
export class FailoverWatch {
  private readonly subscriptions: readonly RedisSubscription[];
  /** The number of the last failover that a Sentinel was asked for; those that were told have none. */
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
      // Together with SUBSCRIBE: what happens before the answer is in it, and what happens after it is heard.
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
    if (name === this.connection.name) this.onFailover(host!, port!);
  }

  /** A failover that was missed has a number of its own; a Sentinel that is behind tells of an older one. */
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
