import { describe } from '../commands/arguments.js';
import { type CallOption, type ConditionOption, madeOption, type TextsOption, textsOption } from './call-option.js';
import { canBeReadOnce } from './read-once.js';
import { type KeptType, lostClass } from './kept-type.js';
import type { MethodCall } from './method-call.js';
import type { MethodSite } from './method-site.js';
import type { OfArguments, OfResult } from './typed-method-decorator.js';

/** When, and how, results are stored: options that `@Cacheable` and `@CachePut` share. @publicApi */
export interface StoringOptions<
  Tags extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean> = OfArguments<boolean>,
  Unless extends OfResult<boolean> = OfResult<boolean>,
> {
  /** Templates, a function of the method's arguments, or `fromContext(…)`. */
  readonly tags?: TextsOption<Tags>;
  /** Where it gives `false` the cache is left out: the method simply runs. */
  readonly condition?: ConditionOption<Condition>;
  /** Where it gives `true` of a result (and the arguments) it is not stored. */
  readonly unless?: Unless;
  /** The class of the result, of its elements or its properties. Instances of classes are not stored without. */
  readonly type?: KeptType;
}

/** Decides what is stored. */
export class Storing {
  private readonly tags?: CallOption<readonly string[]>;
  private readonly condition?: CallOption<boolean>;

  constructor(
    private readonly decorator: string,
    private readonly options: StoringOptions,
  ) {
    const { tags, condition, unless } = options;
    if (tags) this.tags = textsOption(tags, `${decorator} tags`);
    if (condition) this.condition = madeOption(condition, `${decorator} condition`);
    if (unless !== undefined && typeof unless !== 'function') {
      throw new TypeError(`${decorator} unless must be a function, not ${describe(unless)}`);
    }
  }

  check(site: MethodSite): void {
    this.tags?.check(site);
    this.condition?.check(site);
    if (site.answersByItself) {
      site.refuse(
        this.decorator,
        'would store nothing: with @Res() or @Next() the handler answers by itself; pass { passthrough: true }',
      );
    }
  }

  /** Whether the cache has a part in this call. */
  applies(call: MethodCall): boolean {
    return this.condition?.read(call) ?? true;
  }

  tagsOf(call: MethodCall): readonly string[] | undefined {
    return this.tags?.read(call);
  }

  stores(result: unknown, call: MethodCall): boolean {
    if (result === undefined || canBeReadOnce(result)) return false;
    const { unless, type } = this.options;
    if (unless && (unless as (...args: unknown[]) => boolean)(result, ...call.args)) return false;
    const lost = lostClass(result, type);
    if (lost === undefined) return true;
    call.site.warn(
      `${this.decorator} stores no ${lost}, which would come back as a plain object, with all that @Exclude() hides: ` +
        `name its class with the option type, or return a plain object`,
    );
    return false;
  }
}
