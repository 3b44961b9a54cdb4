import type { Redis } from 'ioredis';
import { reasonIn } from '../driver/driver-errors.js';
import { hearRefusals } from '../driver/open-redis.js';

/** Between two times that connections are given up: a server that stays a replica is not connected to without a break. */
const pauseMs = 1000;

/** How a server says that it is a replica: of a write, of a read while it has lost its primary, of a wait. */
const saysReplica = /^(READONLY|MASTERDOWN|UNBLOCKED force)\b|^ERR Error running script .*-READONLY\b/;

/**
 * Leaves a server that is no primary any more. It keeps its connections when it is demoted, and the address may lead to
 * the new primary by now: that of a managed service or of Kubernetes does, and Sentinels are asked.
 */
export class Demotion {
  private quietUntil = 0;

  constructor(private readonly leave: () => void) {}

  /** Hears all that a server refuses on this connection, also what the user asks for. */
  watch(redis: Redis): void {
    hearRefusals(redis, (error) => this.hear(error));
  }

  /** Of results of a transaction some may be errors. */
  hearAll(results: readonly unknown[]): void {
    for (const result of results) if (result instanceof Error) this.hear(result);
  }

  private hear({ message }: Error): void {
    if (!saysReplica.test(reasonIn(message)) || performance.now() < this.quietUntil) return;
    this.quietUntil = performance.now() + pauseMs;
    this.leave();
  }
}
