import { functionArgument } from '../../arguments/arguments.js';
import type { NamesOf } from '../../arguments/option-names.js';
import type { CallOption, ConditionOption, TextsOption } from '../options/call-option.js';
import { atOnce, madeOption, textsOption } from '../options/made-option.js';
import { canBeReadOnce } from './read-once.js';
import { checkType, type KeptType } from './kept-type.js';
import { type Loss, lossIn } from './loss.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { OfArguments, OfResult } from '../options/typed-method-decorator.js';

/** When, and how, results are stored: options that `@Cacheable` and `@CachePut` share. @publicApi */
export interface StoringOptions<
  Tags extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean> = OfArguments<boolean>,
  Unless extends OfResult<boolean> = OfResult<boolean>,
> {
  /** Templates, a function of the method's arguments, or `fromContext(…)`. */
  readonly tags?: TextsOption<Tags>;
  /** If it returns `false`, the call bypasses the cache: the method simply runs. */
  readonly condition?: ConditionOption<Condition>;
  /** If it returns `true` for the result (and the arguments), the result is not stored. */
  readonly unless?: Unless;
  /** The class of the result, of its elements or its properties. Without it, instances of classes are not stored. */
  readonly type?: KeptType;
}

export const storingNames: NamesOf<StoringOptions> = { tags: true, condition: true, unless: true, type: true };

/** Decides whether a result is stored. */
export class Storing {
  private readonly tags?: CallOption<readonly string[]>;
  private readonly condition?: CallOption<boolean>;

  constructor(
    private readonly decorator: string,
    private readonly options: StoringOptions,
  ) {
    const { tags, condition, unless, type } = options;
    if (type !== undefined) checkType(type, `${decorator} type`);
    if (tags) this.tags = textsOption(tags, `${decorator} tags`);
    if (condition) this.condition = madeOption(condition, `${decorator} condition`);
    if (unless !== undefined) functionArgument(unless, `${decorator} unless`);
  }

  check(site: MethodSite): void {
    this.tags?.check(site);
    this.condition?.check(site);
    if (site.answersByItself) {
      site.refuse(
        this.decorator,
        'would store nothing: with @Res() or @Next() the handler sends the answer itself; pass { passthrough: true }',
      );
    }
  }

  /** Whether this call uses the cache. */
  applies(call: MethodCall): boolean {
    return this.condition?.read(call) ?? true;
  }

  tagsOf(call: MethodCall): readonly string[] | undefined {
    return this.tags?.read(call);
  }

  /** What to do with a result: a copy of a result that is only for its own caller would reveal too much, or nothing. */
  fateOf(result: unknown, call: MethodCall, keepsStatus = false): 'stored' | 'shared' | 'own' {
    if (canBeReadOnce(result)) return 'own';
    const isWanted = result !== undefined && !this.isUnwanted(result, call);
    const loss = lossIn(result, this.options.type);
    if (!loss && (keepsStatus || !call.hasOwnStatus)) return isWanted ? 'stored' : 'shared';
    if (isWanted) call.site.warn(`${this.decorator} does not store this result: ${this.reasonFor(loss)}`);
    return 'own';
  }

  private reasonFor(loss: Loss | undefined): string {
    if (!loss) return 'the handler has set its status, and a hit would be sent with the declared one';
    if (!loss.isOfClass) return `${loss.name} is not data, and each caller needs its own`;
    return (
      `${loss.name} would come back without its class, and with everything that its @Exclude() hides: ` +
      'name that exact class in the option type (a parent class is not enough), or return plain data'
    );
  }

  private isUnwanted(result: unknown, call: MethodCall): boolean {
    const { unless } = this.options;
    if (unless === undefined) return false;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types of the decorator have checked its arguments
    const isUnless = unless as (...args: unknown[]) => boolean;
    return atOnce(isUnless(result, ...call.args), `${this.decorator} unless`, call);
  }
}
