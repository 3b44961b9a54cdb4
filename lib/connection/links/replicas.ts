import { CommandTimeoutError, ConnectionError } from '../../errors/index.js';
import { notNow } from '../../wire/server-errors.js';

/** How long to skip a replica that could not answer. */
const restMs = 1000;

/** Picks replicas in turn, and skips for a moment those that could not answer. */
export class Replicas<T extends object> {
  private readonly resting = new WeakMap<T, number>();
  private turn = 0;

  pick(replicas: readonly T[], isReady: (replica: T) => boolean): T | undefined {
    for (let tried = 0; tried < replicas.length; tried++) {
      const replica = replicas[this.turn++ % replicas.length]!;
      if (isReady(replica) && !this.isResting(replica)) return replica;
    }
    return undefined;
  }

  rest(replica: T): void {
    this.resting.set(replica, performance.now() + restMs);
  }

  private isResting(replica: T): boolean {
    const end = this.resting.get(replica);
    return end !== undefined && end > performance.now();
  }
}

/** The share of the remaining time for a replica: the rest is for the server that answers in its place. */
export const timeForReplica = (leftMs: number): number => leftMs / 2;

/** Failures that another server may not have: the replica is gone, is silent, or has no data (yet). */
export const isReplicasTrouble = (error: unknown): boolean =>
  error instanceof ConnectionError ||
  error instanceof CommandTimeoutError ||
  (error instanceof Error && notNow.test(error.message));
