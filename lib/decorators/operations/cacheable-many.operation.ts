import {
  getOrSetManyNames,
  type GetOrSetManyOptions,
  type ManyContext,
} from '../../caching/get-or-set-many.options.js';
import { forgiving } from '../../caching/get-or-set.options.js';
import { valuesOf } from '../../caching/loaded.js';
import type { SchemaOption, StandardSchema } from '../../codec/schema.js';
import { describe } from '../../arguments/arguments.js';
import { checkOptions, type NamesOf } from '../../arguments/option-names.js';
import type { CachexService } from '../../cachex.service.js';
import type { CallOption, TextOption } from '../options/call-option.js';
import { textOption } from '../options/made-option.js';
import type { OfArguments, OfResult } from '../options/typed-method-decorator.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { Operation, Proceed } from '../runtime/operation.js';
import { notOfType, revive } from './kept-type.js';
import { checkSettings } from './settings.js';
import { Storing, storingNames, type StoringOptions } from './storing.js';

/** Options of `getOrSetMany` that need a context, which a decorated method does not have. */
type Untold = 'tags' | 'setsTags' | 'onStale';

/** How `@CacheableMany` caches: the options of `getOrSetMany`, and its own. @publicApi */
export interface CacheableManyOptions<
  Key extends OfArguments<string> = OfArguments<string>,
  Tags extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean> = OfArguments<boolean>,
  Unless extends OfResult<boolean> = OfResult<boolean>,
  Returns extends 'map' | 'array' = 'map' | 'array',
  Schema extends StandardSchema = StandardSchema,
>
  extends Omit<StoringOptions<Tags, Condition, Unless>, 'tags' | 'unless'>, Omit<GetOrSetManyOptions, Untold> {
  /**
   * The key of one id: a function of the id and the method's other arguments, or a template in which `{0}` is the id.
   */
  readonly key: TextOption<Key>;
  /** The tags of one id's value, like {@link key}. */
  readonly tags?: StoringOptions<Tags>['tags'];
  /** If it returns `true` for the value of an id (and the id, and the other arguments), the value is not stored. */
  readonly unless?: Unless;
  /**
   * A Standard Schema (of zod, valibot, arktype, …) for the value of one id. Its output is in the answer, on a hit and
   * on a miss. A stored value that does not match is loaded again; a result that does not match is returned as it is,
   * and not stored.
   */
  readonly schema?: Schema;
  /** What the method returns: a `Map` by id, or an array with one value per id in their order. */
  readonly returns?: Returns;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

const { setsTags: _setsTags, onStale: _onStale, ...cachingNames } = getOrSetManyNames;
const known: NamesOf<CacheableManyOptions> = {
  ...cachingNames,
  ...storingNames,
  key: true,
  returns: true,
  cache: true,
};

/** The ids of a call and their keys, in the order of the argument. */
interface Wanted {
  readonly ids: readonly unknown[];
  readonly keys: readonly string[];
  /** The id of each key, and the call as if it were for this id alone. */
  readonly byKey: ReadonlyMap<string, { readonly id: unknown; readonly call: MethodCall }>;
}

export class CacheableManyOperation implements Operation {
  readonly decorator = '@CacheableMany';
  readonly cache?: string;
  private readonly key: CallOption<string>;
  private readonly storing: Storing;
  private readonly settings: Omit<GetOrSetManyOptions, Untold> & Partial<SchemaOption>;
  private readonly type: CacheableManyOptions['type'];
  private readonly returns: 'map' | 'array';

  constructor(options: CacheableManyOptions) {
    checkOptions(options, known, this.decorator, '{ key: (id) => `product:${id}` }');
    const { key, tags, condition, unless, type, cache, returns = 'map', ...settings } = options;
    if (key === undefined) throw new TypeError(`${this.decorator} needs a key: a function of the id`);
    if (returns !== 'map' && returns !== 'array') {
      throw new TypeError(`${this.decorator} returns must be 'map' or 'array', not ${describe(returns)}`);
    }
    checkSettings(settings);
    if (type !== undefined && settings.schema) {
      throw new TypeError(`${this.decorator} takes type or schema, not both: a schema can make the instances itself`);
    }
    this.cache = cache;
    this.type = type;
    this.returns = returns;
    this.settings = settings;
    this.key = textOption(key, `${this.decorator} key`);
    this.storing = new Storing(this.decorator, { tags, condition, unless, type });
  }

  check(site: MethodSite): void {
    if (site.isHandler) {
      site.refuse(
        this.decorator,
        'works on methods of providers, not on handlers: decorate a method of a provider, and have the handler call it',
      );
    }
    this.storing.check(site);
    this.key.check(site);
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    if (!this.storing.applies(call)) return proceed();
    const wanted = this.wantedBy(call);
    const cache = call.cache(this.cache);
    const made = new Map<string, unknown>();
    const values = await this.read(cache, wanted, wanted.keys, call, proceed, made);
    const wrong = [...values.keys()].filter((key) => this.isWrong(values.get(key), key, made));
    if (wrong.length > 0) {
      call.site.warn(`${this.decorator} found values of another type in the cache, and replaces them`);
      await this.remove(cache, wrong, call);
      const again = await this.read(cache, wanted, wrong, call, proceed, made);
      for (const key of wrong) values.delete(key);
      for (const [key, value] of again) values.set(key, value);
    }
    return this.answer(wanted, values);
  }

  private wantedBy(call: MethodCall): Wanted {
    const [ids, ...rest] = call.args;
    if (!Array.isArray(ids)) {
      const what = describe(ids);
      throw new TypeError(`${this.decorator} on ${call.title} needs a list of ids as the first argument, not ${what}`);
    }
    const byKey = new Map<string, { id: unknown; call: MethodCall }>();
    const keys = ids.map((id: unknown) => {
      const one = call.of([id, ...rest]);
      const key = this.key.read(one);
      if (!byKey.has(key)) byKey.set(key, { id, call: one });
      return key;
    });
    return { ids, keys, byKey };
  }

  private read(
    cache: CachexService,
    { byKey }: Wanted,
    keys: readonly string[],
    call: MethodCall,
    proceed: Proceed,
    made: Map<string, unknown>,
  ): Promise<Map<string, unknown>> {
    const load = async (missing: string[], context: ManyContext & { keepPrivate(key: string): void }) => {
      const ids = missing.map((key) => byKey.get(key)!.id);
      const given = [...ids];
      const result = await proceed([given, ...call.args.slice(1)]);
      if (this.returns === 'map' && Array.isArray(result)) {
        throw new TypeError(`${call.title} returned an array: ${this.decorator} needs returns: 'array' for that`);
      }
      const values = valuesOf<unknown>(result, ids, given, call.title);
      for (const [index, key] of missing.entries()) {
        const value = values[index];
        if (value instanceof Error) continue;
        made.set(key, value);
        const fate = this.storing.fateOf(value, byKey.get(key)!.call);
        if (fate === 'own') context.keepPrivate(key);
        if (fate === 'shared') context.skip(key);
      }
      return values;
    };
    const options = {
      ...this.settings,
      tags: (key: string) => this.storing.tagsOf(byKey.get(key)!.call) ?? [],
      [forgiving]: call.outage(this.cache),
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the context of the library's own loaders can do that
    return cache.getOrSetMany<unknown>(keys, load as never, options);
  }

  /** The stored value is not of the type: another program wrote it, or the type has changed. */
  private isWrong(value: unknown, key: string, made: ReadonlyMap<string, unknown>): boolean {
    if (this.type === undefined || Object.is(made.get(key), value)) return false;
    return revive(value, this.type) === notOfType;
  }

  private async remove(cache: CachexService, keys: readonly string[], call: MethodCall): Promise<void> {
    const { version } = this.settings;
    try {
      await cache.deleteMany(keys, version === undefined ? {} : { version });
    } catch (error) {
      if (!call.outage(this.cache).forgives(error)) throw error;
    }
  }

  private answer({ ids, keys }: Wanted, values: ReadonlyMap<string, unknown>): unknown {
    const typed = (value: unknown): unknown => {
      const revived = this.type === undefined ? value : revive(value, this.type);
      return revived === notOfType ? value : revived;
    };
    if (this.returns === 'array') return keys.map((key) => (values.has(key) ? typed(values.get(key)) : undefined));
    return new Map(
      ids.flatMap((id, index) => (values.has(keys[index]!) ? [[id, typed(values.get(keys[index]!))]] : [])),
    );
  }
}
