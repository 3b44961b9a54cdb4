import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { CachexError, type CachexService, PipelineError } from '../../lib/index.js';
import { waitFor } from '../servers/wait-for.js';

/** The effect of a fault on the callers of a cache. */
export interface LoadReport {
  readonly calls: number;
  /** The number of failed calls by error code. */
  readonly failed: Readonly<Record<string, number>>;
  readonly slowestFailureMs: number;
  /** From the last mark until the acknowledgement of a write that began after it. */
  readonly firstSuccessMs: number;
  /** The longest time without an acknowledged write. */
  readonly longestGapMs: number;
  readonly acknowledged: number;
  /** Acknowledged writes that are missing in the end. */
  readonly lost: number;
  /** Answers to another question than the one asked. */
  readonly wrong: readonly string[];
}

const pauseMs = 1;
const pauseAfterFailureMs = 10;

/**
 * Callers that write and read without a pause during a fault. Every value is unique to its caller and call, so that an
 * answer to another call is noticed.
 */
export class Load {
  private readonly run = randomUUID().slice(0, 8);
  private readonly acknowledged: string[] = [];
  private readonly failed: Record<string, number> = {};
  private readonly wrong: string[] = [];
  private readonly callers: Promise<void>[];
  private calls = 0;
  private writes = 0;
  private failures = 0;
  private slowestFailureMs = 0;
  private markedAt = 0;
  private lastWriteAt = 0;
  private longestGapMs = 0;
  private firstSuccessMs: number | undefined;
  private stopped = false;

  private constructor(
    private readonly cache: CachexService,
    private readonly keyOf: (name: string) => string,
    callers: number,
  ) {
    this.callers = Array.from({ length: callers }, (_, caller) => this.call(caller));
  }

  /** Begins. If the cache already works, resolves when it has been used for a while. */
  static async start(
    cache: CachexService,
    { callers = 10, keyOf = (name: string) => name, warm = true } = {},
  ): Promise<Load> {
    const load = new Load(cache, keyOf, callers);
    if (warm) await waitFor(() => load.writes >= 100, { what: 'some writes to be acknowledged' });
    return load;
  }

  /** Resolves after this many more failed calls. */
  async moreFailures(count: number): Promise<void> {
    const before = this.failures;
    await waitFor(() => this.failures >= before + count, { what: `${count} calls to fail`, every: 5 });
  }

  /** Resolves after this many more acknowledged writes. */
  async moreWrites(count: number): Promise<void> {
    const before = this.writes;
    await waitFor(() => this.writes >= before + count, { what: `${count} writes to be acknowledged`, every: 5 });
  }

  /** The first success is timed from here. */
  mark(): void {
    this.markedAt = performance.now();
    this.firstSuccessMs = undefined;
  }

  get acknowledgedWrites(): number {
    return this.acknowledged.length;
  }

  /** Waits until writes have been acknowledged again for a while, ends, and checks all of them. */
  async finish(read: (keys: readonly string[]) => Promise<Map<string, unknown>>): Promise<LoadReport> {
    await waitFor(() => this.firstSuccessMs !== undefined, { what: 'a write to be acknowledged', timeout: 20_000 });
    await this.moreWrites(50);
    await this.stop();
    const found = await read(this.acknowledged);
    return {
      calls: this.calls,
      failed: this.failed,
      slowestFailureMs: Math.round(this.slowestFailureMs),
      firstSuccessMs: Math.round(this.firstSuccessMs!),
      longestGapMs: Math.round(this.longestGapMs),
      acknowledged: this.acknowledged.length,
      lost: this.acknowledged.filter((key) => found.get(key) !== this.valueOf(key)).length,
      wrong: this.wrong,
    };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.callers);
  }

  private async call(caller: number): Promise<void> {
    const rounds = [this.set, this.hash, this.many, this.pipeline(false), this.pipeline(true)];
    for (let round = 0; !this.stopped; round++) {
      const key = this.keyOf(`${this.run}:${caller}:${round}`);
      const succeeded = await rounds[round % rounds.length]!.call(this, key);
      await pause(succeeded ? pauseMs : pauseAfterFailureMs);
    }
  }

  private async set(key: string): Promise<boolean> {
    if (!(await this.write(() => this.cache.set(key, this.valueOf(key)), true))) return false;
    this.acknowledged.push(key);
    return this.read(() => this.cache.get(key), [this.valueOf(key), undefined]);
  }

  private async hash(key: string): Promise<boolean> {
    if (!(await this.write(() => this.cache.hset(key, 'field', this.valueOf(key)), 1))) return false;
    return this.read(() => this.cache.hgetall(key), [new Map([['field', this.valueOf(key)]]), new Map()]);
  }

  private pipeline(transaction: boolean): (key: string) => Promise<boolean> {
    return async (key) => {
      const value = this.valueOf(key);
      const pipeline = this.cache.pipeline({ transaction }).set(key, value).get(key).ttl(key);
      const written = await this.write(() => pipeline.execute(), [true, value, -1]);
      if (written) this.acknowledged.push(key);
      return written;
    };
  }

  private async many(): Promise<boolean> {
    const keys = this.acknowledged.slice(-5);
    return this.attempt(
      () => this.cache.getMany<string>(keys),
      (found) => [...found].every(([key, value]) => keys.includes(key) && value === this.valueOf(key)),
    );
  }

  private write(call: () => Promise<unknown>, expected: unknown): Promise<boolean> {
    const startedAt = performance.now();
    return this.attempt(call, (answer) => isEqual(answer, expected)).then((acknowledged) => {
      if (!acknowledged) return false;
      const now = performance.now();
      if (this.writes++ > 0) this.longestGapMs = Math.max(this.longestGapMs, now - this.lastWriteAt);
      this.lastWriteAt = now;
      if (startedAt >= this.markedAt) this.firstSuccessMs ??= now - this.markedAt;
      return true;
    });
  }

  /** A written value may be lost, which is counted in the end; it must never turn into another value. */
  private read(call: () => Promise<unknown>, possible: readonly unknown[]): Promise<boolean> {
    return this.attempt(call, (answer) => possible.some((each) => isEqual(answer, each)));
  }

  private async attempt<T>(call: () => Promise<T>, isRight: (answer: T) => boolean): Promise<boolean> {
    const startedAt = performance.now();
    this.calls++;
    try {
      const answer = await call();
      if (!isRight(answer)) this.wrong.push(inspect(answer));
      return true;
    } catch (error) {
      // A pipeline that has partly arrived fails with the error of the first command that has not.
      const reason: unknown = error instanceof PipelineError ? error.cause : error;
      const code = reason instanceof CachexError ? reason.code : String(reason);
      this.failed[code] = (this.failed[code] ?? 0) + 1;
      this.failures++;
      this.slowestFailureMs = Math.max(this.slowestFailureMs, performance.now() - startedAt);
      return false;
    }
  }

  private valueOf(key: string): string {
    return `${key} is mine`;
  }
}

const isEqual = (one: unknown, other: unknown): boolean => inspect(one) === inspect(other);
