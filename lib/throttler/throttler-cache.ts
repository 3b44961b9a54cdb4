import { CachexService } from '../cachex.service.js';
import { type ReplyShape, run, WireKey } from '../command-model/command.js';
import { isAway } from '../execution/outage.js';
import type { RateLimitFallback } from '../rate-limiting/rate-limiter.options.js';
import { throttledHitScript } from './throttled-hit.script.js';

/** What is to be counted. */
export interface Hit {
  readonly key: string;
  readonly throttler: string;
  readonly ttlMs: number;
  readonly limit: number;
  readonly blockMs: number;
}

type Counted = readonly [totalHits: number, expireMs: number, isBlocked: number, blockMs: number];

const counted: ReplyShape<Counted> = {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- four integers are what the script returns
  decode: (raw) => raw as Counted,
  missing: () => [0, 0, 0, 0],
};

/** A cache that counts hits of throttlers. */
export class ThrottlerCache extends CachexService {
  static of(cache: CachexService): ThrottlerCache {
    return ThrottlerCache.view(cache, {});
  }

  get isForgiving(): boolean {
    return this.executor.isForgiving;
  }

  /** `undefined` where nobody has answered, and that is no error. */
  async count(
    { key, throttler, ttlMs, limit, blockMs }: Hit,
    onError: RateLimitFallback,
  ): Promise<Counted | undefined> {
    const command = run(throttledHitScript, [this.keyOfHits(key, throttler)], [ttlMs, limit, blockMs], counted, true);
    try {
      return await this.executor.execute(command);
    } catch (error) {
      if (onError === 'throw' || !isAway(error)) throw error;
      return undefined;
    }
  }

  /** Apart from those of users. A throttler's name holds no colon there, so that no two pairs of name and key meet. */
  private keyOfHits(key: string, throttler: string): WireKey {
    const name = throttler.replaceAll('%', '%25').replaceAll(':', '%3A');
    return new WireKey(
      key === '' ? throttler : key,
      this.version,
      this.executor.ownName('own', `throttle:${this.version}:${name}:${key}`),
    );
  }
}
