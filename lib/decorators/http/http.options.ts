import { type ExecutionContext, RequestMethod } from '@nestjs/common';
import { functionArgument, listArgument } from '../../arguments/arguments.js';
import { checkOptions, type NamesOf } from '../../arguments/option-names.js';
import type { Timeout } from '../../arguments/timeout.js';
import { checkTimeout } from '../../options/option-rules.js';
import type { OfResult } from '../options/typed-method-decorator.js';
import type { MethodSite } from '../runtime/method-site.js';

/**
 * How `@Cacheable` speaks HTTP with browsers and proxies. Sends no Redis command of its own.
 *
 * @publicApi
 * @example
 * @Get()
 * @Cacheable({ key: 'catalogue', timeout: '1h', tags: ['products'], http: { visibility: 'public', maxAge: 0 } })
 * list(): Promise<Product[]> { … }
 */
export interface HttpOptions<Etag extends OfResult<string> = OfResult<string>> {
  /**
   * `'private'` (the default): only the browser may keep the answer. `'public'`: proxies may, too; but an answer to a
   * request with `Authorization`, or one that sets a cookie, stays private.
   */
  readonly visibility?: 'private' | 'public';
  /** How long they may keep it; by default, the rest of the entry's time. 0: they ask each time (`no-cache`). */
  readonly maxAge?: Timeout;
  /** Request headers that the answer depends on: they are part of the key, and named in `Vary`. */
  readonly vary?: readonly string[];
  /** Identifies one state of the result; by default, a digest of the bytes that are sent. */
  readonly etag?: Etag;
  /** Statuses that are stored in addition to 2xx (206 is never stored). */
  readonly statuses?: readonly number[];
  /** Whether a request with `Cache-Control: no-cache` gets a fresh entry; by default, no request does. */
  readonly noCache?: (context: ExecutionContext) => boolean;
}

const known: NamesOf<HttpOptions> = {
  visibility: true,
  maxAge: true,
  vary: true,
  etag: true,
  statuses: true,
  noCache: true,
};

/** {@link HttpOptions}, complete. */
export interface ResolvedHttp {
  readonly isPublic: boolean;
  /** Milliseconds; `Infinity`: as long as the entry lives. */
  readonly maxAgeMs: number;
  /** In lower case, sorted. */
  readonly vary: readonly string[];
  readonly etag?: (...args: unknown[]) => string;
  readonly statuses: readonly number[];
  readonly noCache?: (context: ExecutionContext) => boolean;
}

const what = '@Cacheable http';
const reads: readonly unknown[] = [RequestMethod.GET, RequestMethod.HEAD, RequestMethod.ALL];
const token = /^[!#$%&'*+\-.^_`|~\w]+$/;

/** @throws TypeError for invalid options */
export function resolveHttp(given: boolean | HttpOptions): ResolvedHttp | undefined {
  if (given === false) return undefined;
  const options = given === true ? {} : given;
  checkOptions(options, known, what, "{ visibility: 'public' }");
  const { visibility = 'private', maxAge, vary = [], etag, statuses = [], noCache } = options;
  if (visibility !== 'private' && visibility !== 'public') {
    throw new TypeError(`${what} visibility must be 'private' or 'public'`);
  }
  for (const [name, option] of Object.entries({ etag, noCache })) {
    if (option !== undefined) functionArgument(option, `${what} ${name}`);
  }
  for (const name of listArgument(vary, `${what} vary`)) {
    if (typeof name !== 'string' || !token.test(name) || name === '*') {
      throw new TypeError(`${what} vary must be names of request headers, such as 'accept-language'`);
    }
  }
  for (const status of listArgument(statuses, `${what} statuses`, 'numbers')) {
    if (!Number.isInteger(status) || status < 200 || status > 599 || status === 304) {
      throw new TypeError(`${what} statuses must be from 200 to 599, and not 304`);
    }
  }
  return {
    isPublic: visibility === 'public',
    maxAgeMs: maxAge === undefined ? Infinity : checkTimeout(maxAge, `${what} maxAge`, { zero: true }),
    vary: [...new Set(vary.map((name) => name.toLowerCase()))].toSorted(),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is called with what the method gives and takes
    etag: etag as ((...args: unknown[]) => string) | undefined,
    statuses,
    noCache,
  };
}

/** @throws ConfigError if the handler has no HTTP answer that could be stored */
export function checkSite(site: MethodSite): void {
  if (!site.transports.includes('http')) site.refuse(what, 'is for handlers of HTTP requests');
  if (!reads.includes(site.metadata('method'))) site.refuse(what, 'is for GET and HEAD: other answers are not stored');
  if (site.metadata('__redirect__') !== undefined) site.refuse(what, 'does not work with @Redirect()');
  if (site.metadata('__renderTemplate__') !== undefined) site.refuse(what, 'does not work with @Render()');
}
