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

/** The answer of a rate limiter; times in milliseconds. @publicApi */
export interface RateLimitResult {
  /** Whether the call is allowed. */
  readonly allowed: boolean;
  /** The limit in the limiter's options. */
  readonly limit: number;
  /** How much may still be consumed at once. */
  readonly remaining: number;
  /** Time until all of `limit` (with `'gcra'`: of `burst`) is available again. */
  readonly resetAfter: number;
  /** Time until the same cost would be allowed; 0 if it was. */
  readonly retryAfter: number;
}

/**
 * Counts calls over all processes, by the id of the caller, and decides which are allowed. Created by {@link
 * CachexService.rateLimiter}.
 *
 * @publicApi
 * @example
 * const signups = cache.rateLimiter('signups', { limit: 5, window: '1h' });
 * const { allowed } = await signups.consume(request.ip);
 */
export class CachexRateLimiter {
  /** @internal */
  constructor(
    private readonly executor: CommandExecutor,
    /** The name under which it counts. */
    readonly name: string,
    /** Called for every count, which belongs to the scope of the call. */
    private readonly placeOf: () => Place,
    private readonly terms: RateLimit,
  ) {
    if (textArgument(name, 'A name') === '') throw new TypeError('A rate limiter needs a name');
  }

  /**
   * Consumes `cost` of an id's limit, or nothing if that is too much. One script, in one round trip. Redis: `EVALSHA`.
   *
   * @throws RangeError for a cost that is never allowed
   * @throws ConnectionError, CommandTimeoutError while Redis is away, with `onError: 'throw'`
   * @example
   * const { allowed, retryAfter } = await signups.consume(request.ip);
   * if (!allowed) throw new HttpException(`Try again in ${Math.ceil(retryAfter / 1000)} s`, 429);
   */
  async consume(id: string, cost = 1): Promise<RateLimitResult> {
    return this.ask(id, cost, true);
  }

  /**
   * The answer that {@link consume} would give; consumes nothing. Redis: `EVALSHA`.
   *
   * @example
   * const { remaining } = await signups.peek(request.ip);
   */
  async peek(id: string, cost = 1): Promise<RateLimitResult> {
    return this.ask(id, cost, false);
  }

  /**
   * Resets the count of an id; returns whether there was one. Redis: `UNLINK`.
   *
   * @example
   * await signups.reset(request.ip); // as if it had never called
   */
  async reset(id: string): Promise<boolean> {
    return this.executor.execute(strict(write('UNLINK', [this.keyOf(id)], boolean)));
  }

  /** Its options. */
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
        `Rate limiter ${quoted(this.name)} never allows a cost of ${cost}: the most at once is ${burst}`,
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

  /** The answer while nobody knows how much is left. */
  private unanswered(allowed: boolean): RateLimitResult {
    const { limit, windowMs } = this.terms;
    return allowed
      ? { allowed, limit, remaining: limit, resetAfter: 0, retryAfter: 0 }
      : { allowed, limit, remaining: 0, resetAfter: windowMs, retryAfter: Math.min(windowMs, 1000) };
  }

  /** By algorithm, because each stores different data. */
  private keyOf(id: string): WireKey {
    if (textArgument(id, 'An id') === '')
      throw new TypeError(`An id of rate limiter ${quoted(this.name)} must not be empty`);
    const { name, terms } = this;
    return keyOfCounts(this.executor, { way: `rate:${terms.algorithm}`, name, id, place: this.placeOf() });
  }
}

const msOf = (us: number): number => Math.ceil(us / 1000);
