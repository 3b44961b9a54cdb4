import { CachexService } from '../cachex.service.js';
import { count, type Counted, keyOfCounts } from '../rate-limiting/counting.js';
import type { RateLimitFallback } from '../rate-limiting/rate-limiter.options.js';
import { throttledHitScript } from './throttled-hit.script.js';

/** A hit to count. */
export interface Hit {
  readonly key: string;
  readonly throttler: string;
  readonly ttlMs: number;
  readonly limit: number;
  readonly blockMs: number;
}

/** A cache that counts hits of throttlers. */
export class ThrottlerCache extends CachexService {
  static of(cache: CachexService): ThrottlerCache {
    return ThrottlerCache.view(cache, {});
  }

  get isForgiving(): boolean {
    return this.executor.isForgiving;
  }

  /** In the scope of the call. `undefined` if nobody answered, and that is not an error. */
  async count(
    { key: id, throttler, ttlMs, limit, blockMs }: Hit,
    onError: RateLimitFallback,
  ): Promise<Counted | undefined> {
    const place = this.versionOf(undefined);
    const key = keyOfCounts(this.executor, { way: 'throttle', name: throttler, id, place });
    return count(this.executor, throttledHitScript, key, [ttlMs, limit, blockMs], onError);
  }
}
