import { errorText } from '../errors/error-text.js';
import { Logger } from '@nestjs/common';
import type { CachexService } from '../cachex.service.js';
import type { PendingEntry, StreamEntry, StreamFields } from '../commands/stream-replies.js';
import { pause } from '../waiting/pause.js';
import { settled } from '../waiting/settled.js';
import { CodecError, CommandError } from '../errors/index.js';
import { describe } from '../arguments/arguments.js';
import { checkOptions } from '../arguments/option-names.js';
import { EntryRunner } from './entry-runner.js';
import {
  consumerNames,
  type ResolvedConsumerOptions,
  resolveConsumerOptions,
  type StreamConsumerOptions,
  type StreamHandler,
} from './stream-consumer.options.js';
import { StrictCache } from '../views/strict-cache.js';
import { groupExists } from '../wire/server-errors.js';

const longestPauseMs = 5_000;
/** The time that the server always gets to answer during a shutdown. */
const leastMs = 500;
/** How many pending entries are examined at a time. */
const pageSize = 100;

/**
 * One consumer of a group: reads new entries, handles at most `concurrency` at a time, acknowledges them, takes over
 * entries that other consumers left, and sets aside entries that fail too often. `@StreamConsumer` runs one; without
 * decorators:
 *
 * @publicApi
 * @example
 * const worker = new StreamWorker<Order>(cache, { stream: 'orders', group: 'mail' }, ({ fields }) => mail(fields));
 * worker.start();
 * // until the process ends
 * await worker.stop();
 */
export class StreamWorker<T = StreamFields> {
  private readonly cache: CachexService;
  private readonly options: ResolvedConsumerOptions;
  private readonly runner: EntryRunner<T>;
  private readonly reading = new AbortController();
  private running: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;
  private keepAlive: NodeJS.Timeout | undefined;
  private hasGroup = false;
  private failures = 0;
  private nextClaim = 0;
  private claimCursor = '0-0';

  /** @throws TypeError, RangeError for invalid options */
  constructor(
    cache: CachexService,
    options: StreamConsumerOptions,
    handler: StreamHandler<T>,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('Cachex'),
  ) {
    checkOptions(options, consumerNames, 'The options of StreamWorker', '{ stream, group }');
    this.options = resolveConsumerOptions(options);
    if (typeof handler !== 'function')
      throw new TypeError(`The handler of StreamWorker must be a function, not ${describe(handler)}`);
    this.cache = StrictCache.of(cache.fromHere(), { version: this.options.version ?? cache.version });
    this.runner = new EntryRunner(this.cache, this.options, handler, logger);
  }

  /** Its name in the group. */
  get consumer(): string {
    return this.options.consumer;
  }

  /**
   * Starts reading; it waits until an outage is over.
   *
   * @example
   * const worker = new StreamWorker<Order>(cache, { stream: 'orders', group: 'mail' }, ({ fields }) => sendMail(fields));
   * worker.start();
   */
  start(): void {
    if (this.running || this.reading.signal.aborted) return;
    this.running = this.run();
    this.keepAlive = setInterval(() => void this.runner.keep(), this.options.retryDelayMs / 3).unref();
  }

  /**
   * Stops reading, and waits for the handlers, `shutdownTimeout` at most; then their signals abort. Entries they have
   * not finished stay pending, and another consumer gets them.
   *
   * @example
   * await worker.stop();
   */
  async stop(): Promise<void> {
    await (this.stopped ??= this.end());
  }

  /** A silent server delays a shutdown no longer than handlers may. */
  private async end(): Promise<void> {
    const { shutdownMs, isNameMadeUp } = this.options;
    const deadline = performance.now() + shutdownMs;
    const leftMs = (): number => Math.max(0, deadline - performance.now());
    this.reading.abort();
    if (this.running) await settled(this.running, Math.max(leftMs(), leastMs));
    await this.runner.stop(leftMs());
    clearInterval(this.keepAlive);
    if (this.running && isNameMadeUp) await settled(this.leave(), Math.max(leftMs(), leastMs));
  }

  private async run(): Promise<void> {
    const { signal } = this.reading;
    while (!signal.aborted) {
      try {
        await this.round();
        this.wentOn();
      } catch (error) {
        if (!signal.aborted) await this.rest(error);
      }
    }
  }

  private async round(): Promise<void> {
    if (!this.hasGroup) await this.makeGroup();
    const free = await this.runner.whenFree(this.reading.signal);
    if (performance.now() >= this.nextClaim) await this.claim(free);
    else await this.readNew(free);
  }

  private async makeGroup(): Promise<void> {
    const { stream, group, startId } = this.options;
    try {
      await this.cache.xgroupCreate(stream, group, startId, { mkstream: true });
    } catch (error) {
      if (!(error instanceof CommandError) || !groupExists.test(error.message)) throw error;
    }
    this.hasGroup = true;
  }

  private async readNew(free: number): Promise<void> {
    const { stream, group, consumer, count, blockMs } = this.options;
    const block = Math.max(1, Math.min(blockMs, this.nextClaim - performance.now())) / 1000;
    const options = { count: Math.min(count, free), block, signal: this.reading.signal };
    await this.salvaging(async () => {
      const found = await this.cache.xreadgroup<T>(group, consumer, { [stream]: '>' }, options);
      for (const entry of found.get(stream) ?? []) this.runner.run(entry, 1);
    });
  }

  /** Takes over entries that failed here, and entries of consumers that died. */
  private async claim(free: number): Promise<void> {
    const { stream, group, consumer, retryDelayMs } = this.options;
    await this.salvaging(async () => {
      const claim = await this.cache.xautoclaim<T>(stream, group, consumer, retryDelayMs / 1000, this.claimCursor, {
        count: free,
      });
      this.claimCursor = claim.cursor;
      this.tellOfLost(claim.deleted);
      if (claim.cursor === '0-0') this.nextClaim = performance.now() + retryDelayMs / 2;
      // Entries in progress here were taken for abandoned while this process was too busy to keep them.
      await this.runClaimed(claim.entries.filter(({ id }) => !this.runner.has(id)));
    });
  }

  private tellOfLost({ length }: readonly string[]): void {
    if (length === 0) return;
    this.logger.warn(`${this.runner.title} lost ${length} entries: they were trimmed or deleted unacknowledged`);
  }

  private async runClaimed(entries: readonly StreamEntry<T>[]): Promise<void> {
    const { stream, group } = this.options;
    const pending = await Promise.all(
      entries.map(({ id }) => this.cache.xpending(stream, group, { start: id, end: id, count: 1 })),
    );
    for (const [index, entry] of entries.entries()) {
      const [its] = pending[index]!;
      if (its) this.runner.run(entry, its.deliveries);
    }
  }

  /** If an entry cannot be read, none of its batch was returned: asks for them one by one. */
  private async salvaging(deliver: () => Promise<void>): Promise<void> {
    const { stream, group, consumer } = this.options;
    const { signal } = this.reading;
    const start = performance.now();
    try {
      return await deliver();
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
    }
    for await (const { id, deliveries } of this.deliveredSince(start)) {
      await this.runner.whenFree(signal);
      try {
        // It is still the same delivery.
        const [entry] = await this.cache.xclaim<T>(stream, group, consumer, 0, [id], { retrycount: deliveries });
        if (entry) this.runner.run(entry, deliveries);
      } catch (error) {
        if (!(error instanceof CodecError)) throw error;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no handler gets it: reading the entry throws again
        this.runner.run({ id, fields: {} as T }, deliveries, () => {
          throw error;
        });
      }
    }
  }

  /** Any number of entries that wait for another try may precede the last one. */
  private async *deliveredSince(time: number): AsyncGenerator<PendingEntry> {
    const { stream, group, consumer } = this.options;
    let page: PendingEntry[];
    for (let start = '-'; ; start = `(${page.at(-1)!.id}`) {
      page = await this.cache.xpending(stream, group, { consumer, start, end: '+', count: pageSize });
      // Servers count in whole milliseconds, and so may be one ahead.
      const elapsed = performance.now() - time + 1;
      yield* page.filter(({ idle }) => idle <= elapsed);
      if (page.length < pageSize) return;
    }
  }

  /** After a loss of data the group has to be created again. */
  private async rest(error: unknown): Promise<void> {
    this.hasGroup = false;
    if (this.failures === 0) this.logger.warn(`${this.runner.title} pauses: ${errorText(error)}`);
    const ms = Math.min(100 * 2 ** this.failures++, longestPauseMs);
    await pause(ms, this.reading.signal);
  }

  private wentOn(): void {
    if (this.failures === 0) return;
    this.failures = 0;
    this.logger.log(`${this.runner.title} resumes`);
  }

  /** Deleting a consumer also deletes its pending entries, which other consumers should get. */
  private async leave(): Promise<void> {
    const { stream, group, consumer } = this.options;
    await this.cache.xgroupDelconsumer(stream, group, consumer, { unlessPending: true });
  }
}
