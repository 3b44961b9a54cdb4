import type { Answer, CacheOutcome, MethodCall } from '../runtime/method-call.js';
import { describe } from '../../arguments/arguments.js';
import { atOnce } from '../options/made-option.js';
import { entityTag, isNamedIn } from './entity-tag.js';
import type { ResolvedHttp } from './http.options.js';
import { isRepresentation, type Representation, represent } from './representation.js';

/** In place of forever: RFC 9111 lets caches keep nothing longer. */
const longestMs = 365 * 86_400_000;

/** One request and its answer, under the HTTP options. */
export class HttpExchange {
  private given: { readonly status: number; readonly sent: number; readonly type: string | undefined } | undefined;

  constructor(
    private readonly options: ResolvedHttp,
    private readonly graceMs: number,
    private readonly answer: Answer,
    private readonly call: MethodCall,
  ) {}

  /** Whether the caller asks for a fresh entry, and may. */
  get isFreshWanted(): boolean {
    const { noCache } = this.options;
    const { context } = this.call;
    if (!noCache || !context) return false;
    const directives = (this.answer.requestHeader('cache-control') ?? '').split(',');
    return (
      directives.some((each) => each.trim().toLowerCase() === 'no-cache') &&
      atOnce(noCache(context), '@Cacheable http noCache', this.call)
    );
  }

  /** The request headers that the answer varies by; `undefined` if it varies by none. */
  get variant(): readonly (string | null)[] | undefined {
    const { vary } = this.options;
    return vary.length > 0 ? vary.map((name) => this.answer.requestHeader(name) ?? null) : undefined;
  }

  /** Whether the status set by the handler may be stored. */
  get isStorable(): boolean {
    const { madeStatus } = this;
    return (madeStatus >= 200 && madeStatus < 300 && madeStatus !== 206) || this.options.statuses.includes(madeStatus);
  }

  made(value: unknown, ms: number | null): Representation {
    const { answer, call, given, options } = this;
    const words = options.etag && atOnce(options.etag(value, ...call.args), '@Cacheable http etag', call);
    if (words !== undefined && typeof words !== 'string') {
      throw new TypeError(`@Cacheable http etag of ${call.title} must be a string, not ${describe(words)}`);
    }
    const type = given ? given.type : answer.responseHeader('content-type');
    return represent(value, { ms, status: this.madeStatus, type, words });
  }

  /**
   * Answers 304 if the client already has the entry, which then need not be decoded. If interceptors get the value
   * before it is sent, {@link give} compares their result instead.
   */
  isUnchanged(entry: Representation, outcome: CacheOutcome): boolean {
    const { answer } = this;
    const { status, etag } = entry;
    if (status < 200 || status > 299 || answer.isSeenByOthers) return false;
    if (!isNamedIn(answer.requestHeader('if-none-match'), etag)) return false;
    this.describe(entry, etag, outcome);
    this.sent(entry, 304);
    return true;
  }

  /** Sends the value of an entry as a stored answer. */
  give(entry: Representation, outcome: CacheOutcome): void {
    const { answer, options } = this;
    const { status, type } = entry;
    if (type !== undefined) answer.setHeader('Content-Type', type);
    this.sent(entry, status);
    answer.onSend((bytes) => {
      // Something else replaced it meanwhile: an error of an interceptor.
      if (answer.status !== status) return false;
      const etag = options.etag ? entry.etag : entityTag(bytes);
      this.describe(entry, etag, outcome);
      const isKnown = status >= 200 && status < 300 && isNamedIn(answer.requestHeader('if-none-match'), etag);
      if (isKnown) this.sent(entry, 304);
      return isKnown;
    });
  }

  /** Whether an entry can hold the handler's answer. */
  readonly holds = isRepresentation;

  /** A background refresh ends after the answer was given: then the status is that of the entry it replaces. */
  private get madeStatus(): number {
    const { answer, given } = this;
    return given?.sent === answer.status ? given.status : answer.status;
  }

  private sent({ status, type }: Representation, sent: number): void {
    const { answer } = this;
    if (answer.status !== sent) answer.setStatus(sent);
    this.given = { status, sent, type };
  }

  private describe({ at, ms }: Representation, etag: string, outcome: CacheOutcome): void {
    const { answer, options } = this;
    answer.setHeader('ETag', etag);
    const ageS = outcome === 'MISS' ? 0 : Math.max(0, Math.floor((Date.now() - at) / 1000));
    if (outcome !== 'MISS') answer.setHeader('Age', String(ageS));
    const life = this.lifeIn(Math.floor((ms ?? longestMs) / 1000), ageS);
    const own = `private, ${life}`;
    const isOwn = !options.isPublic || answer.requestHeader('authorization') !== undefined;
    answer.setHeader('Cache-Control', isOwn ? own : `public, ${life}`);
    if (!isOwn) answer.onCookie(() => answer.setHeader('Cache-Control', own));
    this.vary();
  }

  /** Caches subtract Age from max-age: the difference is the rest of the entry's time. */
  private lifeIn(lifeS: number, ageS: number): string {
    const { maxAgeMs } = this.options;
    if (maxAgeMs === 0) return 'no-cache';
    const maxAge = `max-age=${Math.min(lifeS, ageS + Math.floor(maxAgeMs / 1000))}`;
    const graceS = Math.floor(this.graceMs / 1000);
    return graceS > 0 ? `${maxAge}, stale-while-revalidate=${graceS}, stale-if-error=${graceS}` : maxAge;
  }

  private vary(): void {
    const { versionHeader } = this.answer;
    const names = versionHeader === undefined ? this.options.vary : [...this.options.vary, versionHeader];
    if (names.length === 0) return;
    const named = this.answer.responseHeader('vary') ?? '';
    const others = named.split(',').map((name) => name.trim());
    const missing = names.filter((name) => !others.some((other) => other.toLowerCase() === name));
    this.answer.setHeader('Vary', [...others.filter((name) => name !== ''), ...missing].join(', '));
  }
}
