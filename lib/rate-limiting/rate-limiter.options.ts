import { choiceArgument, countArgument } from '../arguments/arguments.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { finiteMilliseconds, type Timeout } from '../arguments/timeout.js';
import { versionNames, type VersionOption } from '../arguments/version.js';

/** How a rate limiter counts. @publicApi */
export type RateLimitAlgorithm = 'sliding' | 'gcra';

/** How a rate limiter decides while Redis is away. @publicApi */
export type RateLimitFallback = 'allow' | 'deny' | 'throw';

/** How a rate limiter counts, and how much it allows. @publicApi */
export interface RateLimiterOptions extends VersionOption {
  /** How much may be consumed within `window`. */
  readonly limit: number;
  /** The length of the window: seconds, or a duration (`'1m'`). */
  readonly window: Timeout;
  /**
   * `'sliding'` (the default): never more than `limit` in any `window`. Redis keeps an entry per call of the last
   * `window`. `'gcra'`: calls at an even pace, of which `burst` may come at once; one number per caller, however large
   * the limit, and never more than `limit + burst` in any `window`.
   */
  readonly algorithm?: RateLimitAlgorithm;
  /** How many calls may come at once with `'gcra'` (`limit`). */
  readonly burst?: number;
  /** While Redis is away (`'throw'`; with `ignoreExceptions` `'allow'`). */
  readonly onError?: RateLimitFallback;
}

export const rateLimiterNames: NamesOf<RateLimiterOptions> = {
  ...versionNames,
  limit: true,
  window: true,
  algorithm: true,
  burst: true,
  onError: true,
};

/** {@link RateLimiterOptions}, complete. */
export interface RateLimit {
  readonly limit: number;
  readonly windowMs: number;
  readonly algorithm: RateLimitAlgorithm;
  /** The most that a new caller may consume at once. */
  readonly burst: number;
  readonly onError: RateLimitFallback;
}

const algorithms: readonly RateLimitAlgorithm[] = ['sliding', 'gcra'];
const fallbacks: readonly RateLimitFallback[] = ['allow', 'deny', 'throw'];

/** @throws TypeError, RangeError for invalid options */
export function rateLimitOf(options: RateLimiterOptions, fallback: RateLimitFallback): RateLimit {
  checkOptions(options, rateLimiterNames, 'The options of a rate limiter', "{ limit: 100, window: '1m' }");
  const { algorithm = 'sliding' } = options;
  const onError = fallbackArgument(options.onError ?? fallback);
  const limit = countArgument(options.limit, 'limit', 1);
  const windowMs = finiteMilliseconds(options.window, 'window');
  choiceArgument(algorithm, algorithms, 'algorithm');
  if (options.burst !== undefined && algorithm !== 'gcra') throw new TypeError("burst needs algorithm: 'gcra'");
  return { limit, windowMs, algorithm, burst: countArgument(options.burst ?? limit, 'burst', 1), onError };
}

/** @throws TypeError for any other value */
export function fallbackArgument(onError: RateLimitFallback): RateLimitFallback {
  return choiceArgument(onError, fallbacks, 'onError');
}
