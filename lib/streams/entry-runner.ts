import { quoted } from '../errors/quoted.js';
import { errorText } from '../errors/error-text.js';
import type { Logger } from '@nestjs/common';
import type { CachexService } from '../cachex.service.js';
import type { StreamEntry } from '../commands/stream-replies.js';
import { onAbort } from '../waiting/on-abort.js';
import { pause } from '../waiting/pause.js';
import { settled } from '../waiting/settled.js';
import { isPassing } from '../locking/is-passing.js';
import type { DeadLetter, ResolvedConsumerOptions, StreamContext, StreamHandler } from './stream-consumer.options.js';

/** The pause between two attempts to acknowledge an entry, or to set it aside. */
const pauseMs = 500;

interface UnderWay {
  /** One for each entry: its listeners disappear with it. */
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** The entries that one consumer is handling, and their outcomes. */
export class EntryRunner<T> {
  private readonly underWay = new Map<string, UnderWay>();
  private readonly stopping = new AbortController();
  private onEnd: (() => void) | undefined;

  constructor(
    private readonly cache: CachexService,
    private readonly options: ResolvedConsumerOptions,
    private readonly handler: StreamHandler<T>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Its name in the log. */
  get title(): string {
    const { stream, group } = this.options;
    return `The consumer of ${quoted(stream)} in group ${quoted(group)}`;
  }

  /** Waits for room to handle another entry; resolves with how many fit. Rejects once the signal aborts. */
  async whenFree(signal: AbortSignal): Promise<number> {
    const { concurrency } = this.options;
    while (!signal.aborted && this.underWay.size >= concurrency) await this.nextEnd(signal);
    signal.throwIfAborted();
    return concurrency - this.underWay.size;
  }

  /** Whether it is being handled. */
  has(id: string): boolean {
    return this.underWay.has(id);
  }

  /** Handles an entry, unless it is being handled already. */
  run(entry: StreamEntry<T>, deliveries: number, handler = this.handler): void {
    const { id } = entry;
    if (this.has(id)) return;
    const controller = new AbortController();
    const ended = this.handle(entry, deliveries, handler, controller.signal).finally(() => {
      this.underWay.delete(id);
      this.onEnd?.();
    });
    this.underWay.set(id, { controller, ended });
  }

  /** Keeps other consumers from taking over entries being handled, however long that takes. */
  async keep(): Promise<void> {
    await this.restartIdleTime([...this.underWay.keys()]);
  }

  /** Waits for running handlers, at most this many milliseconds. */
  async stop(ms: number): Promise<void> {
    const left = [...this.underWay.values()];
    await settled(Promise.all(left.map(({ ended }) => ended)), ms);
    this.stopping.abort();
    for (const { controller } of left) controller.abort(new Error('The application is shutting down'));
  }

  private async handle(
    entry: StreamEntry<T>,
    deliveries: number,
    handler: StreamHandler<T>,
    signal: AbortSignal,
  ): Promise<void> {
    const { stream, group, consumer, maxDeliveries } = this.options;
    if (deliveries > maxDeliveries) {
      // No handler reported an error: the processes that had the entry died from it.
      return this.setAside(entry, deliveries - 1, 'No consumer survived it');
    }
    const context: StreamContext = { stream, group, consumer, deliveries, signal };
    try {
      await handler(entry, context);
    } catch (error) {
      return this.fail(entry, deliveries, error);
    }
    await this.tell(() => this.cache.xack(stream, group, entry.id));
  }

  /** The entry rests, and is tried again; or it has failed once too often. */
  private async fail(entry: StreamEntry<T>, deliveries: number, error: unknown): Promise<void> {
    const { maxDeliveries } = this.options;
    const message = errorText(error);
    const times = maxDeliveries === Infinity ? `${deliveries}` : `${deliveries} of ${maxDeliveries}`;
    this.logger.warn(`${this.title} failed to handle ${entry.id} (delivery ${times}): ${message}`);
    if (deliveries >= maxDeliveries) await this.setAside(entry, deliveries, message);
    else await this.restartIdleTime([entry.id]);
  }

  /** First there, then no longer here: better in both streams than in none. */
  private async setAside({ id, fields }: StreamEntry<T>, deliveries: number, error: string): Promise<void> {
    const { stream, group, deadLetter } = this.options;
    const letter: DeadLetter<T> = { stream, group, id, fields, deliveries, error };
    await this.tell(async () => {
      const isKept = deadLetter === null || (await this.cache.xadd(deadLetter, { ...letter })) !== undefined;
      if (isKept) await this.cache.xack(stream, group, id);
    });
  }

  /** Retries while the server is away, or no primary: otherwise an entry that is done would be delivered again. */
  private async tell(say: () => Promise<unknown>): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      try {
        await say();
        return;
      } catch (error) {
        if (signal.aborted || !isPassing(error)) {
          this.logger.warn(`${this.title} could not acknowledge an entry or set it aside: ${errorText(error)}`);
          return;
        }
      }
      await pause(pauseMs, signal);
    }
  }

  private nextEnd(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const stopListening = onAbort(signal, resolve);
      this.onEnd = () => {
        stopListening();
        resolve();
      };
    });
  }

  private async restartIdleTime(ids: readonly string[]): Promise<void> {
    const { stream, group, consumer } = this.options;
    await this.cache.xclaim(stream, group, consumer, 0, ids, { justid: true }).catch(() => undefined);
  }
}
