import { checkOptions, type KnownNames } from '../arguments/option-names.js';
import { twoKeyNames, versionNames } from './option-names.js';
import type { ReadThrough } from '../caching/get-or-set.js';
import type { ResolvedStampede } from '../options/stampede.options.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { ScriptRegistry } from '../scripting/script-registry.js';
import { listArgument } from '../arguments/arguments.js';
import { Key, type Step, type Version } from '../command-model/command.js';

/** The surface of the service: every method sends its command and returns a promise. */
export interface Direct {
  readonly surface: 'direct';
}

/** The surface of a pipeline: every method queues its command and returns the pipeline, which knows what it holds. */
export interface Queued<Results extends unknown[]> {
  readonly surface: 'queued';
  readonly results: Results;
}

export type Surface = Direct | Queued<unknown[]>;

/** What a method of a command group returns on a surface. */
export type Reply<S, T> = S extends Queued<infer Results> ? Pipeline<[...Results, T]> : Promise<T>;

/** Every call may name the version it is meant in. */
export interface VersionOption {
  /** Instead of the module's (or the view's) version. */
  readonly version?: Version;
}

/** Calls with a source and a destination. */
export interface TwoKeyOptions extends VersionOption {
  /** Version of the source key; `version` where left out. */
  readonly versionSrc?: Version;
  /** Version of the destination key; `version` where left out. */
  readonly versionDst?: Version;
}

/** What commands take from the module: where a call says nothing, and what its scripts are. */
export interface CommandDefaults {
  readonly version: Version;
  readonly scripts: ScriptRegistry;
  readonly caching: ReadThrough;
  /** Milliseconds; `null` is never. */
  readonly timeoutMs: number | null;
  /** Early recomputation, where calls say nothing. */
  readonly stampede?: ResolvedStampede;
}

/**
 * Builds commands; the surface that extends it says what becomes of them. `build` may throw: nothing was sent then, and
 * the service turns it into a rejection.
 */
export abstract class CommandGroup<S> {
  /** @internal */
  protected abstract readonly defaults: CommandDefaults;

  /** @internal */
  protected abstract send<T>(build: () => Step<T>): Reply<S, T>;

  /**
   * The version that a call is meant in.
   *
   * @internal
   * @throws TypeError where something else stands in the place of the options (a default value, say), and for an option
   * that the call does not know
   */
  protected versionOf(options: VersionOption | undefined, known: KnownNames = versionNames): Version {
    if (options === undefined) return this.defaults.version;
    checkOptions(options, known, 'Options');
    return options.version ?? this.defaults.version;
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
    const { versionSrc = version, versionDst = version } = options ?? {};
    return [new Key(source, versionSrc), new Key(destination, versionDst)];
  }

  /** @internal */
  protected targetAndSources(target: string, sources: readonly string[], options?: TwoKeyOptions): [Key, Key[]] {
    const version = this.versionOf(options, twoKeyNames);
    const { versionSrc = version, versionDst = version } = options ?? {};
    return [new Key(target, versionDst), this.keysOf(sources, { version: versionSrc })];
  }
}
