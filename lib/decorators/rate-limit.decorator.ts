import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { rateLimiterNames } from '../rate-limiting/rate-limiter.options.js';
import { decorate } from './decorate.js';
import { RateLimitOperation, type RateLimitOptions } from './operations/rate-limit.operation.js';
import type { OfArguments, TypedMethodDecorator } from './options/typed-method-decorator.js';

const known: NamesOf<RateLimitOptions> = { ...rateLimiterNames, key: true, name: true, cache: true };

/**
 * Runs a method as often as `limit` allows for each `key`, counted over all processes. Beyond that an HTTP handler
 * answers 429 with `Retry-After`; other methods throw a `RateLimitError`. HTTP answers have the fields `RateLimit` and
 * `RateLimit-Policy`. Write it above `@Cacheable` to count hits as well, and below to count misses only.
 *
 * @publicApi
 * @throws TypeError, RangeError for invalid options
 * @example
 * @Post('login')
 * @RateLimit({ key: '{ip}', limit: 5, window: '1m' })
 * async login(@Body() credentials: LoginDto) { … }
 */
export function RateLimit<Key extends OfArguments<string>>(
  options: RateLimitOptions<Key>,
): TypedMethodDecorator<{ key: Key }> {
  checkOptions(options, known, '@RateLimit', "{ key: '{ip}', limit: 5, window: '1m' }");
  return decorate(new RateLimitOperation(options));
}
