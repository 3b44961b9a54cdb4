import {
  type FactoryContext,
  forgiving,
  type ForgivingOptions,
  getOrSetNames,
  type GetOrSetOptions,
} from '../../caching/get-or-set.options.js';
import type { CachexService } from '../../cachex.service.js';
import type { SchemaOption, StandardSchema } from '../../codec/schema.js';
import { checkOptions, type NamesOf } from '../../arguments/option-names.js';
import type { CallOption, TextOption } from '../options/call-option.js';
import { textOption } from '../options/made-option.js';
import type { OfArguments, OfResult } from '../options/typed-method-decorator.js';
import { HttpExchange } from '../http/http-exchange.js';
import { checkSite, type HttpOptions, type ResolvedHttp, resolveHttp } from '../http/http.options.js';
import { valueOf } from '../http/representation.js';
import { DefaultKey, digestOf } from './default-key.js';
import { FromContext } from '../options/from-context.js';
import { notOfType, revive } from './kept-type.js';
import type { MethodCall } from '../runtime/method-call.js';
import { MethodRun } from './method-run.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { Operation, Proceed } from '../runtime/operation.js';
import { canBeReadOnce } from './read-once.js';
import { checkSettings } from './settings.js';
import { Storing, storingNames, type StoringOptions } from './storing.js';

/** How `@Cacheable` caches: the options of `getOrSet`, and its own. @publicApi */
export interface CacheableOptions<
  Key extends OfArguments<string> = OfArguments<string>,
  Tags extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean> = OfArguments<boolean>,
  Unless extends OfResult<boolean> = OfResult<boolean>,
  Schema extends StandardSchema = StandardSchema,
  Etag extends OfResult<string> = OfResult<string>,
>
  extends StoringOptions<Tags, Condition, Unless>, Omit<GetOrSetOptions, 'tags' | 'setsTags' | 'onStale'> {
  /**
   * A function of the method's arguments, a template (`'user:{0.id}'`, `'user:{params.id}'`) or `fromContext(…)`. If
   * omitted: class, method and a digest of all arguments.
   */
  readonly key?: TextOption<Key>;
  /**
   * A Standard Schema (of zod, valibot, arktype, …) that takes the method's result. Its output is the answer, on a hit
   * and on a miss. A stored value that does not match is a miss; a result that does not match is returned as it is, and
   * not stored.
   */
  readonly schema?: Schema;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
  /** For an HTTP handler: sends an entity tag and `Cache-Control`, and 304 to clients that have the answer already. */
  readonly http?: boolean | HttpOptions<Etag>;
}

/** The place of a call's value. */
interface Entry {
  readonly cache: CachexService;
  readonly key: string;
  /** The request and its answer, with the option `http`. */
  readonly http: HttpExchange | undefined;
}

const { setsTags: _setsTags, onStale: _onStale, ...cachingNames } = getOrSetNames;
const known: NamesOf<CacheableOptions> = { ...cachingNames, ...storingNames, key: true, cache: true, http: true };

export class CacheableOperation implements Operation {
  readonly decorator = '@Cacheable';
  readonly answersRequests = true;
  readonly cache?: string;
  private readonly key: CallOption<string>;
  private readonly isKeyOfContext: boolean;
  private readonly storing: Storing;
  private readonly settings: Omit<GetOrSetOptions, 'tags' | 'setsTags' | 'onStale'> & Partial<SchemaOption>;
  private readonly type: CacheableOptions['type'];
  private readonly http: ResolvedHttp | undefined;
  private readonly graceMs: number;

  constructor(options: CacheableOptions) {
    checkOptions(options, known, this.decorator, "{ timeout: '5m' }");
    const { key, tags, condition, unless, type, cache, http = false, ...settings } = options;
    this.http = resolveHttp(http);
    this.graceMs = checkSettings(settings).graceMs;
    if (this.http && settings.schema) {
      throw new TypeError(
        `${this.decorator} takes http or schema, not both: an entry of http holds the text that is sent`,
      );
    }
    if (type !== undefined && settings.schema) {
      throw new TypeError(`${this.decorator} takes type or schema, not both: a schema can make the instances itself`);
    }
    this.cache = cache;
    this.type = type;
    this.settings = settings;
    this.key = key === undefined ? new DefaultKey(this.decorator) : textOption(key, `${this.decorator} key`);
    this.isKeyOfContext = key instanceof FromContext;
    this.storing = new Storing(this.decorator, { tags, condition, unless, type });
  }

  check(site: MethodSite): void {
    this.storing.check(site);
    this.key.check(site);
    if (this.http) checkSite(site);
    const way = this.isKeyOfContext ? undefined : site.wayOfPipes;
    if (!way) return;
    site.refuse(
      this.decorator,
      `needs a key from fromContext that identifies the caller, or a guard instead of the pipe: a hit skips pipes, and ` +
        `one of them is request-scoped (${way.join(' → ')})`,
    );
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    if (!this.storing.applies(call)) return proceed();
    const { answer } = call;
    if (this.http && !answer?.isRead) return proceed();
    const http = this.http && answer && new HttpExchange(this.http, this.graceMs, answer, call);
    const key = this.key.read(call);
    const variant = http?.variant;
    const entry: Entry = {
      cache: call.cache(this.cache),
      key: variant ? `${key}:${digestOf(variant)}` : key,
      http,
    };
    if (http?.isFreshWanted) await this.remove(entry, call);
    const value = await this.readAs(entry, new MethodRun(proceed), call);
    if (value !== notOfType) return value;
    call.site.warn(`${this.decorator} found a value of another type in the cache, and replaces it`);
    await this.remove(entry, call);
    const again = new MethodRun(proceed);
    const made = await this.readAs(entry, again, call);
    if (made !== notOfType) return made;
    call.report('MISS');
    return again.begin();
  }

  /** The value as its type defines it, on a miss and on a hit: properties hidden from one are hidden from the other. */
  private async readAs(entry: Entry, run: MethodRun, call: MethodCall): Promise<unknown> {
    const read = await this.read(entry, run, call);
    return entry.http ? this.answerOf(entry.http, read, run, call) : this.typed(read, run, call);
  }

  /** The HTTP answer: nothing is left to send if the client has it already. */
  private answerOf(http: HttpExchange, read: unknown, run: MethodRun, call: MethodCall): unknown {
    if (!http.holds(read)) return run.hasGiven(read) ? this.typed(read, run, call) : notOfType;
    const outcome = run.outcomeOf(read);
    if (http.isUnchanged(read, outcome)) {
      call.report(outcome);
      return undefined;
    }
    const value = valueOf(read);
    const revived = this.type === undefined ? value : revive(value, this.type);
    if (revived === notOfType && !run.hasGiven(read)) return notOfType;
    http.give(read, outcome);
    call.report(outcome);
    return revived === notOfType ? value : revived;
  }

  private typed(value: unknown, run: MethodRun, call: MethodCall): unknown {
    const typed = this.type === undefined ? value : revive(value, this.type);
    if (typed === notOfType && !run.hasGiven(value)) return notOfType;
    call.report(this.settings.schema ? run.outcomeOfCall : run.outcomeOf(value));
    return typed === notOfType ? value : typed;
  }

  /** The stored value is not of the type: another program wrote it, or the type has changed. */
  private async remove({ cache, key }: Entry, call: MethodCall): Promise<void> {
    const { version } = this.settings;
    try {
      await cache.delete(key, version === undefined ? {} : { version });
    } catch (error) {
      if (!call.outage(this.cache).forgives(error)) throw error;
    }
  }

  private read({ cache, key, http }: Entry, run: MethodRun, call: MethodCall): Promise<unknown> {
    const produce = async (context: FactoryContext & { keepPrivate(): void; readonly ms: number | null }) => {
      const value = await run.begin();
      const fate = this.storing.fateOf(value, call, http !== undefined);
      if (http) {
        if (fate === 'stored' && http.isStorable) {
          const made = http.made(value, context.ms);
          run.hasBecome(made);
          return made;
        }
        context.keepPrivate();
        if (value !== undefined && canBeReadOnce(value)) {
          call.site.warn(`${this.decorator} http does not store this result: a stream can be read only once`);
        }
        return value;
      }
      if (fate === 'own') context.keepPrivate();
      if (fate === 'shared') context.skip();
      return value;
    };
    const tags = this.storing.tagsOf(call);
    const options: ForgivingOptions = {
      ...this.settings,
      ...(tags && { tags }),
      onStale: () => run.gotStale(),
      [forgiving]: call.outage(this.cache),
    };
    return cache.getOrSet(key, produce, options);
  }
}
