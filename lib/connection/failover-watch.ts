import type { ResolvedSentinel } from '../options/index.js';
import { redisOptions } from './redis-options.js';
import { RedisSubscription } from './redis-subscription.js';

/**
 * Hears from the Sentinels that there is a new primary. The old one may go on taking writes for seconds, until it is told
 * to follow the new one, and loses them all then.
 */
export class FailoverWatch {
  private readonly subscriptions: readonly RedisSubscription[];

  /** @param onFailover is told `host:port` of the new primary, by each of the Sentinels */
  constructor(connection: ResolvedSentinel, onFailover: (primary: string) => void) {
    const { sentinels, sentinelUsername, sentinelPassword, sentinelTls } = connection;
    const options = {
      ...redisOptions(connection),
      ...{ username: sentinelUsername, password: sentinelPassword, tls: sentinelTls, enableReadyCheck: false },
    };
    const listener = {
      onMessage: (message: Buffer) => {
        const [name, , , host, port] = message.toString().split(' ');
        if (name === connection.name) onFailover(`${host}:${port}`);
      },
      onListening: () => undefined,
      onSilence: () => undefined,
    };
    this.subscriptions = sentinels.map(
      (address) => new RedisSubscription(() => ({ ...options, ...address }), '+switch-master', listener),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
  }
}
