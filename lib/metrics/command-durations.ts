import { Histogram } from 'prom-client';
import type { CommandListener, CommandMessage } from '../observability/command-channel.js';

/** The time from sending a command to its reply. */
export class CommandDurations implements CommandListener {
  readonly histogram: Histogram;
  private readonly startedAt = new WeakMap<CommandMessage, number>();

  constructor(
    readonly name: string,
    buckets: readonly number[],
  ) {
    this.histogram = new Histogram({
      name,
      help: 'Seconds that commands took; those sent together are PIPELINE or MULTI. error: the class of the error',
      labelNames: ['cache', 'command', 'error'],
      buckets: [...buckets],
      registers: [],
    });
  }

  started(message: CommandMessage): void {
    this.startedAt.set(message, performance.now());
  }

  ended(message: CommandMessage): void {
    const startedAt = this.startedAt.get(message);
    if (startedAt === undefined) return;
    const { cache, command, error } = message;
    this.histogram.observe({ cache, command, error: error?.name ?? '' }, (performance.now() - startedAt) / 1000);
  }
}
