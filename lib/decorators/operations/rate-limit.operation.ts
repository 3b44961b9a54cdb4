import { HttpException, HttpStatus } from '@nestjs/common';
import type { CachexService } from '../../cachex.service.js';
import { RateLimitError } from '../../errors/index.js';
import { textArgument } from '../../arguments/arguments.js';
import { checkVersion } from '../../arguments/version.js';
import type { CachexRateLimiter, RateLimitResult } from '../../rate-limiting/rate-limiter.js';
import { type RateLimiterOptions, rateLimitOf } from '../../rate-limiting/rate-limiter.options.js';
import type { CallOption, TextOption } from '../options/call-option.js';
import { textOption } from '../options/made-option.js';
import type { OfArguments } from '../options/typed-method-decorator.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { Operation, Proceed } from '../runtime/operation.js';

/** The limit of {@link RateLimit}: the options of `rateLimiter`, and its own. @publicApi */
export interface RateLimitOptions<Key extends OfArguments<string> = OfArguments<string>> extends RateLimiterOptions {
  /** The limited caller: a function of the method's arguments, a template (`'{ip}'`), or `fromContext(…)`. */
  readonly key: TextOption<Key>;
  /** The name of the limiter, by default `ClassName.method`: methods with the same name count together. */
  readonly name?: string;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

/** Lets a method run as often as a caller's limit allows. */
export class RateLimitOperation implements Operation {
  readonly decorator = '@RateLimit';
  readonly answersRequests = true;
  readonly isVital = true;
  readonly cache: string | undefined;
  private readonly key: CallOption<string>;
  private readonly name: string | undefined;
  private readonly terms: RateLimiterOptions;
  private readonly windowMs: number;
  private readonly limiters = new WeakMap<CachexService, Map<string, CachexRateLimiter>>();

  constructor({ key, name, cache, ...terms }: RateLimitOptions) {
    this.key = textOption(key, '@RateLimit key');
    this.cache = cache;
    this.name = name;
    this.terms = terms;
    this.windowMs = rateLimitOf(terms, 'throw').windowMs;
    if (name !== undefined && textArgument(name, '@RateLimit name') === '') {
      throw new TypeError('@RateLimit name must not be empty');
    }
    if (terms.version !== undefined) checkVersion(terms.version);
  }

  check(site: MethodSite): void {
    this.key.check(site);
    if (this.name === undefined) site.checkName(this.decorator, 'a name');
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    const limiter = this.limiterFor(call);
    const result = await limiter.consume(this.key.read(call));
    this.tell(call, limiter.name, result);
    if (!result.allowed) throw refusal(call, result);
    return proceed();
  }

  private limiterFor(call: MethodCall): CachexRateLimiter {
    const cache = call.cache(this.cache);
    const name = this.name ?? call.site.ownName;
    const known = this.limiters.get(cache) ?? new Map<string, CachexRateLimiter>();
    this.limiters.set(cache, known);
    const limiter = known.get(name) ?? cache.rateLimiter(name, this.terms);
    known.set(name, limiter);
    return limiter;
  }

  /** The fields of draft-ietf-httpapi-ratelimit-headers. */
  private tell(call: MethodCall, name: string, { limit, remaining, resetAfter, retryAfter, allowed }: RateLimitResult) {
    const policy = quotedField(name);
    addToList(call, 'RateLimit-Policy', `${policy};q=${limit};w=${secondsOf(this.windowMs)}`);
    addToList(call, 'RateLimit', `${policy};r=${remaining};t=${secondsOf(resetAfter)}`);
    if (!allowed) call.setHeader('Retry-After', String(secondsOf(retryAfter)));
  }
}

/** A handler may have several limits. */
function addToList(call: MethodCall, field: string, item: string): void {
  const others = call.answer?.responseHeader(field);
  call.setHeader(field, others === undefined ? item : `${others}, ${item}`);
}

const secondsOf = (ms: number): number => Math.ceil(ms / 1000);

/** A string of structured fields (RFC 9651), which is ASCII. */
function quotedField(text: string): string {
  return `"${text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function refusal(call: MethodCall, { limit, retryAfter }: RateLimitResult): Error {
  const error = new RateLimitError(
    `${call.title} allows ${limit} calls at a time: try again in ${secondsOf(retryAfter)} s`,
    retryAfter,
  );
  if (call.context?.getType() !== 'http') return error;
  return new HttpException('Too many requests', HttpStatus.TOO_MANY_REQUESTS, { cause: error });
}
