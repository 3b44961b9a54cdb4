import { quoted } from '../../errors/quoted.js';
import { errorText } from '../../errors/error-text.js';
import { checkOptions, type NamesOf } from '../../arguments/option-names.js';
import type { SetOptions } from '../../commands/storing.js';
import type { CallOption, TextOption } from '../options/call-option.js';
import { textOption } from '../options/made-option.js';
import type { OfArguments, OfResult } from '../options/typed-method-decorator.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { Operation, Proceed } from '../runtime/operation.js';
import { checkStored } from './settings.js';
import { Storing, storingNames, type StoringOptions } from './storing.js';

/** How `@CachePut` stores. @publicApi */
export interface CachePutOptions<
  Key extends OfArguments<string> = OfArguments<string>,
  Tags extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean> = OfArguments<boolean>,
  Unless extends OfResult<boolean> = OfResult<boolean>,
>
  extends StoringOptions<Tags, Condition, Unless>, Pick<SetOptions, 'timeout' | 'version'> {
  /** A function of the method's arguments, a template, or `fromContext(…)`. */
  readonly key: TextOption<Key>;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

const known: NamesOf<CachePutOptions> = {
  ...storingNames,
  key: true,
  cache: true,
  timeout: true,
  version: true,
};

export class CachePutOperation implements Operation {
  readonly decorator = '@CachePut';
  readonly cache?: string;
  private readonly key: CallOption<string>;
  private readonly storing: Storing;
  private readonly settings: Pick<SetOptions, 'timeout' | 'version'>;

  constructor(options: CachePutOptions) {
    checkOptions(options, known, this.decorator, "{ key: 'user:{0.id}' }");
    const { key, tags, condition, unless, type, cache, ...settings } = options;
    this.cache = cache;
    checkStored(settings);
    this.settings = settings;
    this.key = textOption(key, `${this.decorator} key`);
    this.storing = new Storing(this.decorator, { tags, condition, unless, type });
  }

  check(site: MethodSite): void {
    this.storing.check(site);
    this.key.check(site);
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    if (!this.storing.applies(call)) return proceed();
    // Before the method runs: it may change its arguments, and an invalid key must be found before it does its work.
    const key = this.key.read(call);
    const tags = this.storing.tagsOf(call);
    const result: unknown = await proceed();
    if (this.storing.fateOf(result, call) === 'stored') await this.store(call, key, result, tags);
    return result;
  }

  /** The method has done its work; an error would make its caller repeat it. */
  private async store(call: MethodCall, key: string, result: unknown, tags?: readonly string[]): Promise<void> {
    try {
      await call.cache(this.cache).set(key, result, tags ? { ...this.settings, tags } : this.settings);
    } catch (error) {
      call.site.logger.warn(`${call.title}: ${this.decorator} could not store ${quoted(key)}: ${errorText(error)}`);
    }
  }
}
