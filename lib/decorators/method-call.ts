import type { ExecutionContext } from '@nestjs/common';
import type { CachexService } from '../cachex.service.js';
import type { Outage } from '../execution/outage.js';
import type { MethodSite } from './method-site.js';

/** How a call was answered. @publicApi */
export type CacheOutcome = 'HIT' | 'MISS' | 'STALE';

/** One call of a decorated method. */
export class MethodCall {
  constructor(
    readonly site: MethodSite,
    /** Of a handler: the raw values that its parameter decorators name. */
    readonly args: readonly unknown[],
    /** Set where the interceptor makes the call. */
    readonly context?: ExecutionContext,
    private readonly onOutcome?: (outcome: CacheOutcome) => void,
  ) {}

  /** The same call, as it comes to another method. */
  on(site: MethodSite): MethodCall {
    return new MethodCall(site, this.args, this.context, this.onOutcome);
  }

  cache(name: string | undefined): CachexService {
    return this.site.module.cache(name);
  }

  outage(name: string | undefined): Outage {
    return this.site.module.outage(name);
  }

  report(outcome: CacheOutcome): void {
    this.onOutcome?.(outcome);
  }

  /** `ProductsService.find` */
  get title(): string {
    return this.site.title;
  }
}
