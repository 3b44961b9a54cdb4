import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import type { CachexService } from '../cachex.service.js';
import type { StreamEntry } from '../commands/stream-replies.js';
import { isAway } from '../execution/outage.js';
import type { ConsumerTerms, DeadLetter, StreamContext, StreamHandler } from './stream-consumer.options.js';

/** Between two attempts to tell the server what became of an entry. */
const pauseMs = 500;

/** The entries under way at one consumer, and what becomes of them. */
export class EntryRunner<T> {
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly handling = new AbortController();

  constructor(
    private readonly cache: CachexService,
    private readonly terms: ConsumerTerms,
    private readonly handler: StreamHandler<T>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** What it is called in the log. */
  get title(): string {
    const { stream, group } = this.terms;
    return `The consumer of ${JSON.stringify(stream)} in group ${JSON.stringify(group)}`;
  }

  /** Waits until another entry may be handled; how many. */
  async whenFree(signal: AbortSignal): Promise<number> {
    const { concurrency } = this.terms;
    while (this.underWay.size >= concurrency) await unlessAborted(Promise.race(this.underWay.values()), signal);
    return concurrency - this.underWay.size;
  }

  /** Handles an entry, except where that is under way: this process was too busy to keep it. */
  run(entry: StreamEntry<T>, deliveries: number): void {
    const { id } = entry;
    if (this.underWay.has(id)) return;
    const ended = this.handle(entry, deliveries).finally(() => this.underWay.delete(id));
    this.underWay.set(id, ended);
  }

  /** Nobody else may take for left what is under way, however long it takes. */
  async keep(): Promise<void> {
    await this.restartIdleTime([...this.underWay.keys()]);
  }

  /** Waits for what is under way, up to the limit. */
  async stop(): Promise<void> {
    const limit = new AbortController();
    const over = delay(this.terms.shutdownMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.underWay.values()), over]);
    limit.abort();
    this.handling.abort(new Error('The application shuts down'));
  }

  /** It rests, and is tried again; or it failed once too often. */
  async fail(entry: StreamEntry<T>, deliveries: number, error: unknown): Promise<void> {
    const { maxDeliveries } = this.terms;
    const message = error instanceof Error ? error.message : String(error);
    const times = maxDeliveries === Infinity ? `${deliveries}` : `${deliveries} of ${maxDeliveries}`;
    this.logger.warn(`${this.title} failed at ${entry.id} (delivery ${times}): ${message}`);
    if (deliveries >= maxDeliveries) await this.setAside(entry, deliveries, message);
    else await this.restartIdleTime([entry.id]);
  }

  private async handle(entry: StreamEntry<T>, deliveries: number): Promise<void> {
    const { stream, group, consumer, maxDeliveries } = this.terms;
    if (deliveries > maxDeliveries) {
      // Nobody has said why: those who had it died over it.
      return this.setAside(entry, deliveries - 1, 'No consumer survived it');
    }
    const context: StreamContext = { stream, group, consumer, deliveries, signal: this.handling.signal };
    try {
      await this.handler(entry, context);
    } catch (error) {
      return this.fail(entry, deliveries, error);
    }
    await this.tell(() => this.cache.xack(stream, group, entry.id));
  }

  /** First there, then no longer here: it is in both rather than in none. */
  private async setAside({ id, fields }: StreamEntry<T>, deliveries: number, error: string): Promise<void> {
    const { stream, group, deadLetter } = this.terms;
    const letter: DeadLetter<T> = { stream, group, id, fields, deliveries, error };
    await this.tell(async () => {
      const isKept = deadLetter === null || (await this.cache.xadd(deadLetter, { ...letter })) !== undefined;
      if (isKept) await this.cache.xack(stream, group, id);
    });
  }

  /** Again while the server is away: otherwise an entry that is done would be delivered once more. */
  private async tell(say: () => Promise<unknown>): Promise<void> {
    const { signal } = this.handling;
    for (;;) {
      try {
        await say();
        return;
      } catch (error) {
        if (signal.aborted || !isAway(error)) {
          this.logger.warn(`${this.title} could not tell what became of an entry: ${(error as Error).message}`);
          return;
        }
      }
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async restartIdleTime(ids: readonly string[]): Promise<void> {
    const { stream, group, consumer } = this.terms;
    await this.cache.xclaim(stream, group, consumer, 0, ids, { justid: true }).catch(() => undefined);
  }
}

async function unlessAborted(ended: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let abort!: () => void;
  const aborted = new Promise<void>((_, reject) => {
    abort = () => reject(signal.reason as Error);
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([ended, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
