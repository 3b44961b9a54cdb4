import { checkVersion, type Version, type VersionOption } from '../../arguments/version.js';
import { checkOptions, type NamesOf } from '../../arguments/option-names.js';
import type { CachexService } from '../../cachex.service.js';
import { allEnded } from '../../waiting/all-ended.js';
import { escapeGlob } from '../../execution/key-builder.js';
import type { CallOption, ConditionOption, TextOption, TextsOption } from '../options/call-option.js';
import { madeOption, notEmpty, textOption, textsOption } from '../options/made-option.js';
import type { OfArguments } from '../options/typed-method-decorator.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { Operation, Proceed } from '../runtime/operation.js';

/** What `@CacheEvict` removes, and when: at least one of `key`, `keys`, `pattern`, `tags` and `all`. @publicApi */
export interface CacheEvictOptions<
  Key extends OfArguments<string> = OfArguments<string>,
  Keys extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Pattern extends OfArguments<string> = OfArguments<string>,
  Tags extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean> = OfArguments<boolean>,
> {
  /** A function of the method's arguments, a template, or `fromContext(…)`. */
  readonly key?: TextOption<Key>;
  /** Templates, a function of the method's arguments, or `fromContext(…)`. */
  readonly keys?: TextsOption<Keys>;
  /** Removes all keys that match, like `deletePattern`. Text inserted by a template is matched literally. */
  readonly pattern?: TextOption<Pattern>;
  /** Removes all entries that carry one of the tags, like `invalidateTags`. */
  readonly tags?: TextsOption<Tags>;
  /** Removes all keys of the cache, like `clear`. */
  readonly all?: true;
  /**
   * `'before'`: before the method runs. `'after'` (the default): after it has succeeded. `'commit'`: after the commit
   * of the calling transaction, according to `deferEvictions` or the module's `onCommit`; without one, after the
   * method.
   */
  readonly when?: 'before' | 'after' | 'commit';
  /** If it returns `false`, nothing is removed. */
  readonly condition?: ConditionOption<Condition>;
  /** Overrides the version of the cache. */
  readonly version?: Version;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

type Eviction = (cache: CachexService) => Promise<unknown>;
/** The keys, patterns or tags of one call. */
type Target = (call: MethodCall) => Eviction;

const known: NamesOf<CacheEvictOptions> = {
  key: true,
  keys: true,
  pattern: true,
  tags: true,
  all: 'flag',
  when: true,
  condition: true,
  version: true,
  cache: true,
};

export class CacheEvictOperation implements Operation {
  readonly decorator = '@CacheEvict';
  readonly cache?: string;
  private readonly targets: Target[] = [];
  private readonly checks: CallOption<unknown>[] = [];
  private readonly condition?: CallOption<boolean>;
  private readonly when: 'before' | 'after' | 'commit';

  constructor(options: CacheEvictOptions) {
    checkOptions(options, known, this.decorator, "{ key: 'user:{0.id}' }");
    const { key, keys, pattern, tags, all, when = 'after', condition, version, cache } = options;
    this.cache = cache;
    this.when = when;
    if (!['before', 'after', 'commit'].includes(when)) {
      throw new TypeError("@CacheEvict when must be 'before', 'after' or 'commit'");
    }
    const at: VersionOption = version === undefined ? {} : { version: checkVersion(version) };
    if (key !== undefined) this.add(textOption(key, '@CacheEvict key'), (name) => (on) => on.delete(name, at));
    if (keys)
      this.add(
        textsOption(notEmpty(keys, '@CacheEvict keys'), '@CacheEvict keys'),
        (names) => (on) => on.deleteMany(names, at),
      );
    if (pattern !== undefined) {
      const option = textOption(pattern, '@CacheEvict pattern', escapeGlob);
      this.add(option, (glob) => (on) => on.deletePattern(glob, at));
    }
    if (tags) {
      this.add(
        textsOption(notEmpty(tags, '@CacheEvict tags'), '@CacheEvict tags'),
        (names) => (on) => on.invalidateTags(names),
      );
    }
    if (all) this.targets.push(() => (on) => on.clear(at));
    if (this.targets.length === 0) throw new TypeError('@CacheEvict needs a key, keys, a pattern, tags or all');
    if (condition) this.checks.push((this.condition = madeOption(condition, '@CacheEvict condition')));
  }

  check(site: MethodSite): void {
    for (const option of this.checks) option.check(site);
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    if (this.condition && !this.condition.read(call)) return proceed();
    // Before the method runs: it may change its arguments, and an invalid key must be found before it does its work.
    const evictions = this.targets.map((target) => target(call));
    const evict = (cache: CachexService) => allEnded(evictions.map((eviction) => eviction(cache)));
    const cache = call.cache(this.cache);
    if (this.when === 'before') await evict(cache);
    const result = await proceed();
    if (this.when === 'after') await evict(cache);
    if (this.when === 'commit') await cache.fromHere().evictAtCommit(evict, `${this.decorator} on ${call.title}`);
    return result;
  }

  private add<T>(option: CallOption<T>, eviction: (named: T) => Eviction): void {
    this.checks.push(option);
    this.targets.push((call) => eviction(option.read(call)));
  }
}
