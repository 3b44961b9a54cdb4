import type { Redis } from 'ioredis';
import { fromReplica, reasonIn } from '../../wire/server-errors.js';
import { hearRefusals } from '../driver/open-redis.js';

/** The minimum time between two resets: a server that stays a replica must not be reconnected to continuously. */
const pauseMs = 1000;

/**
 * Leaves a server that is no longer a primary. It keeps its connections when it is demoted, while its address may lead
 * to the new primary by now: as with managed services and Kubernetes, and if Sentinels are asked.
 */
export class Demotion {
  private quietUntil = 0;

  constructor(private readonly leave: () => void) {}

  /** Hears everything that a server refuses on this connection, including the user's own commands. */
  watch(redis: Redis): void {
    hearRefusals(redis, (error) => this.hear(error));
  }

  /** The results of a transaction may include errors. */
  hearAll(results: readonly unknown[]): void {
    for (const result of results) if (result instanceof Error) this.hear(result);
  }

  private hear({ message }: Error): void {
    if (!fromReplica.test(reasonIn(message)) || performance.now() < this.quietUntil) return;
    this.quietUntil = performance.now() + pauseMs;
    this.leave();
  }
}
