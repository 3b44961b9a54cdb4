import { inspect } from 'node:util';
import { countArgument, textArgument } from '../arguments/arguments.js';
import type { Place } from '../arguments/scope.js';
import { type ScriptSource, type WireKey, write } from '../command-model/command.js';
import { boolean } from '../command-model/replies.js';
import { strict } from '../command-model/strict.js';
import { quoted } from '../errors/quoted.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { count, keyOfCounts } from './counting.js';
import type { RateLimit } from './rate-limiter.options.js';
import { gcraScript } from './scripts/gcra.script.js';
import { slidingWindowScript } from './scripts/sliding-window.script.js';

/** What a rate limiter answers; times are milliseconds. @publicApi */
export interface RateLimitResult {
  /** Whether the call may go on. */
  readonly allowed: boolean;
  readonly limit: number;
  /** What may still be consumed at once. */
  readonly remaining: number;
  /** Until all of `limit` (of `burst`, under `'gcra'`) is there again. */
  readonly resetAfter: number;
  /** Until the same cost would be allowed; 0 where it was. */
  readonly retryAfter: number;
}

/**
 * Counts calls of callers in all processes, each by an id, and says which of them may go on. Made by
 * {@link CachexService.rateLimiter}.
 *
 * @publicApi
 */
export class CachexRateLimiter {
  /** @internal */
  constructor(
    private readonly executor: CommandExecutor,
    readonly name: string,
    /** Asked at every call, in the scope of which it counts. */
    private readonly placeOf: () => Place,
    private readonly terms: RateLimit,
  ) {
    if (textArgument(name, 'A name') === '') throw new TypeError('A rate limiter must have a name');
  }

  /**
   * Consumes `cost` of what an id may; nothing where that is too much. One script, in one round trip. Redis: `EVALSHA`.
   *
   * @throws RangeError for a cost that is never allowed
   * @throws ConnectionError, CommandTimeoutError while Redis is away, under `onError: 'throw'`
   * @example
   * const { allowed, retryAfter } = await signups.consume(request.ip);
   * if (!allowed) throw new HttpException(`Try again in ${Math.ceil(retryAfter / 1000)} s`, 429);
   */
  async consume(id: string, cost = 1): Promise<RateLimitResult> {
    return this.ask(id, cost, true);
  }

  /** What {@link consume} would answer; nothing is consumed. Redis: `EVALSHA`. */
  async peek(id: string, cost = 1): Promise<RateLimitResult> {
    return this.ask(id, cost, false);
  }

  /** Forgets what an id has consumed; whether there was anything. Redis: `UNLINK`. */
  async reset(id: string): Promise<boolean> {
    return this.executor.execute(strict(write('UNLINK', [this.keyOf(id)], boolean)));
  }

  /** How it was made. */
  toJSON(): object {
    const { limit, windowMs, algorithm } = this.terms;
    return { name: this.name, limit, windowMs, algorithm };
  }

  [inspect.custom](): string {
    return `CachexRateLimiter ${inspect(this.toJSON())}`;
  }

  private async ask(id: string, cost: number, isConsumed: boolean): Promise<RateLimitResult> {
    const { limit, burst, onError } = this.terms;
    if (countArgument(cost, 'cost', 1) > burst) {
      throw new RangeError(
        `A cost of ${cost} is never allowed by rate limiter ${quoted(this.name)} with ${burst} at most`,
      );
    }
    const key = this.keyOf(id);
    const args = [...this.args, cost, isConsumed ? 1 : 0];
    const counted = await count(this.executor, this.script, key, args, onError);
    if (!counted) return this.unanswered(onError === 'allow');
    const [isAllowed, remaining, resetUs, retryUs] = counted;
    return { allowed: isAllowed === 1, limit, remaining, resetAfter: msOf(resetUs), retryAfter: msOf(retryUs) };
  }

  private get script(): ScriptSource {
    return this.terms.algorithm === 'gcra' ? gcraScript : slidingWindowScript;
  }

  private get args(): readonly number[] {
    const { limit, windowMs, algorithm, burst } = this.terms;
    const windowUs = windowMs * 1000;
    return algorithm === 'gcra' ? [windowUs / limit, burst] : [limit, windowUs];
  }

  /** Nobody can tell how much is left. */
  private unanswered(allowed: boolean): RateLimitResult {
    const { limit, windowMs } = this.terms;
    return allowed
      ? { allowed, limit, remaining: limit, resetAfter: 0, retryAfter: 0 }
      : { allowed, limit, remaining: 0, resetAfter: windowMs, retryAfter: Math.min(windowMs, 1000) };
  }

  /** By algorithm, as each keeps something else. */
  private keyOf(id: string): WireKey {
    if (textArgument(id, 'An id') === '')
      throw new TypeError(`An id of rate limiter ${quoted(this.name)} must not be empty`);
    const { name, terms } = this;
    return keyOfCounts(this.executor, { way: `rate:${terms.algorithm}`, name, id, place: this.placeOf() });
  }
}

const msOf = (us: number): number => Math.ceil(us / 1000);
