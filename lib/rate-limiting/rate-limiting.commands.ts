import { checkOptions } from '../arguments/option-names.js';
import { checkVersion } from '../arguments/version.js';
import { CommandGroup, type Direct } from '../commands/command-group.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { CachexRateLimiter } from './rate-limiter.js';
import { rateLimiterNames, type RateLimiterOptions, rateLimitOf } from './rate-limiter.options.js';

/**
 * Limits for callers.
 *
 * @publicApi
 */
export abstract class RateLimitingCommands extends CommandGroup<Direct> {
  /** @internal */
  protected abstract readonly executor: CommandExecutor;

  /**
   * A rate limiter. All limiters with the same name, version and options count together, in any process, by the
   * server's clock. With the option `scope`, each scope counts by itself: the scope of each call of the limiter. The
   * limiter sends the commands. Redis: `EVALSHA`.
   *
   * @throws TypeError, RangeError for invalid options
   * @example
   * const signups = cache.rateLimiter('signups', { limit: 5, window: '1h' });
   * const { allowed, remaining, retryAfter } = await signups.consume(request.ip);
   */
  rateLimiter(name: string, options: RateLimiterOptions): CachexRateLimiter {
    checkOptions(options, rateLimiterNames, 'Options');
    checkVersion(options.version ?? this.defaults.version);
    const terms = rateLimitOf(options, this.executor.isForgiving ? 'allow' : 'throw');
    return new CachexRateLimiter(this.executor, name, () => this.versionOf(options, rateLimiterNames), terms);
  }
}
