import type { ExecutionContext } from '@nestjs/common';
import type { CachexService } from '../../cachex.service.js';
import type { Outage } from '../../execution/outage.js';
import type { MethodSite } from './method-site.js';

/** How a call was answered. @publicApi */
export type CacheOutcome = 'HIT' | 'MISS' | 'STALE';

/** The HTTP answer of a handler. */
export interface Answer {
  setHeader(name: string, value: string): void;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly status: number;
  setStatus(status: number): void;
  report(outcome: CacheOutcome): void;
  /** A header of the request, by its name in lower case. */
  requestHeader(name: string): string | undefined;
  /** A header that was set so far. */
  responseHeader(name: string): string | undefined;
  /** Whether the request only reads: by GET or HEAD. */
  readonly isRead: boolean;
  /** Whether other interceptors get the value, and may change it. */
  readonly isSeenByOthers: boolean;
  /** The request header that chooses between versions of the handler, in lower case, if one does. */
  readonly versionHeader: string | undefined;
  /** Called with the bytes to send, before the headers; if it returns `true`, the body is left out. */
  onSend(hook: (bytes: string | Buffer) => boolean): void;
  /** Called if a cookie is set, at any time, or was set before. */
  onCookie(hook: () => void): void;
  /** Whether the handler has set a status other than the declared one. */
  readonly hasOwnStatus: boolean;
}

/** One call of a decorated method. */
export class MethodCall {
  constructor(
    readonly site: MethodSite,
    /** For a handler: the raw values of its parameter decorators. */
    readonly args: readonly unknown[],
    /** Set if the interceptor makes the call. */
    readonly context?: ExecutionContext,
    /** For an HTTP handler. */
    readonly answer?: Answer,
  ) {}

  /** The same call for another method. */
  on(site: MethodSite): MethodCall {
    return new MethodCall(site, this.args, this.context, this.answer);
  }

  /** The same call with other arguments. */
  of(args: readonly unknown[]): MethodCall {
    return new MethodCall(this.site, args, this.context, this.answer);
  }

  cache(name: string | undefined): CachexService {
    return this.site.caches.get(name);
  }

  outage(name: string | undefined): Outage {
    return this.site.caches.outage(name);
  }

  report(outcome: CacheOutcome): void {
    this.answer?.report(outcome);
  }

  /** Sets up an HTTP answer; does nothing for other calls. */
  setHeader(name: string, value: string): void {
    this.answer?.setHeader(name, value);
  }

  /** Whether the answer has a status that only the handler knows: a hit would be sent without it. */
  get hasOwnStatus(): boolean {
    return this.answer?.hasOwnStatus ?? false;
  }

  /** `ProductsService.find` */
  get title(): string {
    return this.site.title;
  }
}
