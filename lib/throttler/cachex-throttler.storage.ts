import type { ThrottlerStorage } from '@nestjs/throttler';
import { floatArgument, textArgument } from '../arguments/arguments.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { cacheArgument } from '../views/adapter-cache.js';
import type { CachexService, RateLimitFallback } from '../index.js';
import { fallbackArgument } from '../rate-limiting/rate-limiter.options.js';
import { type Hit, ThrottlerCache } from './throttler-cache.js';

/** How {@link CachexThrottlerStorage} counts. @publicApi */
export interface CachexThrottlerStorageOptions {
  /** What a throttled route does while Redis is away (`'throw'`, a 500; with `ignoreExceptions` `'allow'`). */
  readonly onError?: RateLimitFallback;
}

/** The result of `increment`; times are seconds, rounded up. @publicApi */
export interface ThrottlerRecord {
  /** How often the caller has come within its window. */
  readonly totalHits: number;
  /** Seconds until the window ends. */
  readonly timeToExpire: number;
  /** Whether the caller is blocked. */
  readonly isBlocked: boolean;
  /** Seconds until it no longer is. */
  readonly timeToBlockExpire: number;
}

const known: NamesOf<CachexThrottlerStorageOptions> = { onError: true };

/** Redis refuses expiries beyond the range of exact numbers. */
const longestMs = 100 * 365 * 86_400_000;

/**
 * Lets `@nestjs/throttler` count in Redis, over all processes, in a sliding window like that of its own storage.
 *
 * @publicApi
 * @example
 * ThrottlerModule.forRootAsync({
 *   inject: [CachexService],
 *   useFactory: (cache: CachexService) => ({
 *     throttlers: [{ ttl: seconds(60), limit: 100 }],
 *     storage: new CachexThrottlerStorage(cache, { onError: 'allow' }),
 *   }),
 * })
 */
export class CachexThrottlerStorage implements ThrottlerStorage {
  private readonly cache: ThrottlerCache;
  private readonly onError: RateLimitFallback;

  /** @throws TypeError for invalid options */
  constructor(cache: CachexService, options: CachexThrottlerStorageOptions = {}) {
    checkOptions(options, known, 'The options of CachexThrottlerStorage', "{ onError: 'allow' }");
    this.cache = ThrottlerCache.of(cacheArgument(cache, 'CachexThrottlerStorage'));
    this.onError = fallbackArgument(options.onError ?? (this.cache.isForgiving ? 'allow' : 'throw'));
  }

  /**
   * Counts a hit, for the guard. A `blockDuration` of 0 or less blocks until the oldest hit has left the window. One
   * script, in one round trip. Redis: `EVALSHA`.
   *
   * @param ttl how long the hit counts, in milliseconds
   * @param blockDuration how long to block a caller who exceeds the limit, in milliseconds
   * @throws ConnectionError, CommandTimeoutError while Redis is away, with `onError: 'throw'`
   */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
  ): Promise<ThrottlerRecord> {
    const hit: Hit = {
      key: textArgument(key, 'The key of a throttled call'),
      throttler: textArgument(throttlerName, 'The name of a throttler'),
      ttlMs: milliseconds(ttl, 'ttl'),
      limit: finite(limit, 'limit', Number.MAX_SAFE_INTEGER),
      blockMs: milliseconds(blockDuration, 'blockDuration'),
    };
    const answer = await this.cache.count(hit, this.onError);
    if (answer === undefined) return unanswered(hit, this.onError === 'allow');
    const [totalHits, expireMs, isBlocked, blockMs] = answer;
    return {
      totalHits,
      timeToExpire: seconds(expireMs),
      isBlocked: isBlocked === 1,
      timeToBlockExpire: seconds(blockMs),
    };
  }
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/** Whatever its type says: @nestjs/throttler hands on what was read from the environment, and that is text. */
function finite(value: number, what: string, most: number): number {
  const number = typeof value === 'string' ? numberIn(value) : value;
  return floatArgument(number === Infinity ? most : number, what);
}

const numberIn = (text: string): number => (text.trim() === '' ? NaN : Number(text));

const milliseconds = (value: number, what: string): number =>
  Math.min(longestMs, Math.max(0, Math.ceil(finite(value, what, longestMs))));

/** Nobody knows how many hits there were; a refused caller may try again soon. */
function unanswered({ limit, ttlMs }: Hit, allowed: boolean): ThrottlerRecord {
  return allowed
    ? { totalHits: 0, timeToExpire: 0, isBlocked: false, timeToBlockExpire: 0 }
    : { totalHits: limit + 1, timeToExpire: seconds(ttlMs), isBlocked: true, timeToBlockExpire: 1 };
}
