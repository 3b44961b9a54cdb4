import { choiceArgument } from '../../arguments/arguments.js';
import { finiteMilliseconds, type Timeout } from '../../arguments/timeout.js';
import type { VersionOption } from '../../arguments/version.js';
import { errorText } from '../../errors/error-text.js';
import { isPassing } from '../../locking/is-passing.js';
import type { CallOption, TextOption } from '../options/call-option.js';
import { textOption } from '../options/made-option.js';
import type { OfArguments } from '../options/typed-method-decorator.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { Operation, Proceed } from '../runtime/operation.js';

/** The choices of a process that cannot ask whether another one runs the job. @publicApi */
export type UnclaimedFallback = 'skip' | 'run' | 'throw';

/** When {@link OncePerFleet} treats two calls as one. @publicApi */
export interface OncePerFleetOptions<Key extends OfArguments<string> = OfArguments<string>> extends VersionOption {
  /**
   * The name of the job: a function of the method's arguments, a template, or `fromContext(…)`; by default
   * `ClassName.method`.
   */
  readonly key?: TextOption<Key>;
  /**
   * Calls closer together than this, each by the clock of its process, are for the same instant. Choose it longer than
   * a timer is ever late, and shorter than the interval between two instants.
   */
  readonly window: Timeout;
  /** While Redis is away: the method does not run, which is logged (`'skip'`), runs in each process, or fails. */
  readonly onError?: UnclaimedFallback;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

const fallbacks: readonly UnclaimedFallback[] = ['skip', 'run', 'throw'];

/** Lets a method run in the first process that calls it for an instant. */
export class OncePerFleetOperation implements Operation {
  readonly decorator = '@OncePerFleet';
  readonly isVital = true;
  readonly cache: string | undefined;
  private readonly key: CallOption<string> | undefined;
  private readonly windowMs: number;
  private readonly onError: UnclaimedFallback;
  private readonly version: VersionOption;

  constructor({ key, window, onError = 'skip', cache, ...version }: OncePerFleetOptions) {
    this.key = key === undefined ? undefined : textOption(key, '@OncePerFleet key');
    this.windowMs = finiteMilliseconds(window, 'window');
    this.onError = choiceArgument(onError, fallbacks, 'onError');
    this.cache = cache;
    this.version = version;
  }

  check(site: MethodSite): void {
    if (this.key) this.key.check(site);
    else site.useOwnName(this.decorator, 'and only one of them would run');
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    const instant = Date.now();
    const name = this.key?.read(call) ?? call.site.ownName;
    const isFirst = await call
      .cache(this.cache)
      .claimInstant(name, instant, this.windowMs, this.version)
      .catch((error: unknown) => this.unanswered(error, call));
    return isFirst ? proceed() : undefined;
  }

  private unanswered(error: unknown, { site, title }: MethodCall): boolean {
    if (this.onError === 'throw' || !isPassing(error)) throw error;
    const runs = this.onError === 'run';
    const what = runs ? 'runs, though other processes may run it, too' : 'does not run at this instant';
    site.logger.warn(`${title} ${what}: ${errorText(error)}`);
    return runs;
  }
}
