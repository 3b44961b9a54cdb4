import type { FactoryContext, GetOrSetOptions } from '../caching/get-or-set.options.js';
import type { CacheableOptions } from './cacheable.decorator.js';
import { type CallOption, textOption } from './call-option.js';
import { DefaultKey } from './default-key.js';
import { FromContext } from './from-context.js';
import { notOfType, revive } from './kept-type.js';
import type { MethodCall } from './method-call.js';
import { isOfMethod, MethodRun, OwnValue } from './method-run.js';
import type { MethodSite } from './method-site.js';
import type { Operation, Proceed } from './operation.js';
import { copyOf, SharedRuns } from './shared-runs.js';
import { Storing } from './storing.js';
import { type Entry, isUnderWay } from './under-way.js';

export class CacheableOperation implements Operation {
  readonly decorator = '@Cacheable';
  readonly cache?: string;
  private readonly key: CallOption<string>;
  private readonly isKeyOfContext: boolean;
  private readonly storing: Storing;
  private readonly settings: Omit<GetOrSetOptions, 'tags' | 'onStale'>;
  private readonly type: CacheableOptions['type'];
  private readonly runs = new SharedRuns();

  constructor({ key, tags, condition, unless, type, cache, ...settings }: CacheableOptions) {
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
    const way = this.isKeyOfContext ? undefined : site.wayOfPipes;
    if (!way) return;
    site.refuse(
      this.decorator,
      `needs a key by fromContext that tells who asks, or a guard in the place of the pipe: a hit skips pipes, and one ` +
        `is request-scoped (${way.join(' → ')})`,
    );
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    if (!this.storing.applies(call)) return proceed();
    const cache = call.cache(this.cache);
    const key = this.key.read(call);
    const entry: Entry = { cache, key, version: this.settings.version ?? cache.version };
    if (isUnderWay(entry)) return proceed();

    const value = await this.readAs(entry, new MethodRun(entry, proceed), call);
    if (value !== notOfType) return value;
    call.site.warn(`${this.decorator} found what is not of its type in the cache, and makes it anew`);
    await this.remove(entry, call);
    const again = new MethodRun(entry, proceed);
    const made = await this.readAs(entry, again, call);
    if (made !== notOfType) return made;
    call.report('MISS');
    return again.begin();
  }

  /** The value as its type says, on a miss and on a hit: what a serializer hides of one, it hides of the other. */
  private async readAs(entry: Entry, run: MethodRun, call: MethodCall): Promise<unknown> {
    const value = await this.read(entry, run, call);
    const typed = this.type === undefined ? value : revive(value, this.type);
    if (typed === notOfType && !run.hasGiven(value)) return notOfType;
    call.report(run.outcomeOf(value));
    return typed === notOfType ? value : typed;
  }

  /** What is stored is not of the type: somebody else has written it, or the type was another one. */
  private async remove({ cache, key, version }: Entry, call: MethodCall): Promise<void> {
    try {
      await cache.delete(key, { version });
    } catch (error) {
      if (!call.outage(this.cache).forgives(error)) throw error;
    }
  }

  private async read(entry: Entry, run: MethodRun, call: MethodCall): Promise<unknown> {
    let own: OwnValue | undefined;
    // No declared parameter, as with it getOrSet has to be ready for tags that only the value tells.
    const produce = async (...[context]: [FactoryContext]) => {
      const value = await run.begin();
      const fate = this.storing.fateOf(value, call);
      if (fate === 'own') throw (own = new OwnValue(value));
      if (fate === 'shared') context.skip();
      return value;
    };
    const tags = this.storing.tagsOf(call);
    const onStale = () => run.gotStale();
    try {
      const options = tags ? { ...this.settings, tags, onStale } : { ...this.settings, onStale };
      const value = await entry.cache.getOrSet(entry.key, produce, options);
      call.outage(this.cache).over();
      return own ? own.value : value;
    } catch (error) {
      if (error instanceof OwnValue) return run.hasBegun ? error.value : run.begin();
      const isOfCache = !run.hasBegun && !isOfMethod(error);
      if (isOfCache && call.outage(this.cache).forgives(error)) return this.readWithout(entry, run, call);
      throw error;
    }
  }

  /** Whoever waits for another's run gets what a hit would give, or, where that is impossible, runs the method, too. */
  private async readWithout(entry: Entry, run: MethodRun, call: MethodCall): Promise<unknown> {
    const value = await this.runs.join(entry, () => run.begin());
    if (run.hasBegun) return value;
    const copy = this.storing.fateOf(value, call) === 'own' ? undefined : copyOf(value);
    return copy ? copy.value : run.begin();
  }
}
