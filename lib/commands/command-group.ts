import type { ResolvedStampede } from '../options/stampede.options.js';
import { listArgument } from '../arguments/arguments.js';
import { inScopeOf, type Place, type Scoping } from '../arguments/scope.js';
import { checkOptions, type KnownNames } from '../arguments/option-names.js';
import {
  twoKeyNames,
  type TwoKeyOptions,
  type Version,
  versionNames,
  type VersionOption,
} from '../arguments/version.js';
import { Key, keysOf, type Step } from '../command-model/command.js';
import type { Evictions } from '../evictions/evictions.js';

/**
 * The surface that commands are called on, as a function of types: a method's result for a command with this `value`.
 */
export interface Surface {
  readonly value: unknown;
  readonly reply: unknown;
}

/** What a method of a command group returns on a surface. */
export type Reply<S extends Surface, T> = (S & { readonly value: T })['reply'];

/** The surface of the service: every method sends its command and returns a promise. */
export interface Direct extends Surface {
  readonly reply: Promise<this['value']>;
}

/** The module's defaults for calls. */
export interface CommandDefaults {
  readonly version: Version;
  /** Milliseconds; `null` is never. */
  readonly timeoutMs: number | null;
  /** The scope of calls. */
  readonly scope?: Scoping;
  /** Early recomputation. */
  readonly stampede?: ResolvedStampede;
}

/**
 * Builds commands; the surface that extends it decides what to do with them. `build` may throw: nothing was sent then,
 * and the service turns it into a rejection.
 */
export abstract class CommandGroup<S extends Surface> {
  /** @internal */
  protected abstract readonly defaults: CommandDefaults;

  /** @internal */
  protected abstract readonly evictions: Evictions;

  /** @internal */
  protected abstract send<T>(build: () => Step<T>): Reply<S, T>;

  /**
   * The version of a call, and its scope.
   *
   * @internal
   * @throws TypeError if the options are something else (a default value, say), and for an unknown option
   */
  protected versionOf(options: VersionOption | undefined, known: KnownNames = versionNames): Place {
    const { version, scope } = this.defaults;
    if (options !== undefined) checkOptions(options, known, 'Options');
    const own = options?.version ?? version;
    return scope === undefined ? own : scope.place(own);
  }

  /** @internal */
  protected keyOf(name: string, options?: VersionOption, known?: KnownNames): Key {
    return new Key(name, this.versionOf(options, known));
  }

  /** @internal */
  protected keysOf(names: readonly string[], options?: VersionOption, known?: KnownNames): Key[] {
    const list = listArgument(names, 'Keys');
    const version = this.versionOf(options, known);
    return list.map((name) => new Key(name, version));
  }

  /** @internal */
  protected sourceAndDestination(
    source: string,
    destination: string,
    options?: TwoKeyOptions,
    known: KnownNames = twoKeyNames,
  ): [Key, Key] {
    const version = this.versionOf(options, known);
    const [from, to] = [options?.versionSrc, options?.versionDst].map((own) =>
      own === undefined ? version : inScopeOf(version, own),
    );
    return [new Key(source, from!), new Key(destination, to!)];
  }

  /** @internal */
  protected targetAndSources(
    target: string,
    sources: readonly string[],
    options?: TwoKeyOptions,
    known: KnownNames = twoKeyNames,
  ): [Key, Key[]] {
    const version = this.versionOf(options, known);
    const to = options?.versionDst === undefined ? version : inScopeOf(version, options.versionDst);
    const from = options?.versionSrc === undefined ? version : inScopeOf(version, options.versionSrc);
    return [new Key(target, to), keysOf(sources, from)];
  }
}
