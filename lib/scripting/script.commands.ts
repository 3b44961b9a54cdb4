import { scriptCall } from './script-call.js';
import type { RegisteredScript, ScriptRegistry } from './script-registry.js';
import type { VersionOption } from '../arguments/version.js';
import { CommandGroup, type Reply, type Surface } from '../commands/command-group.js';

/**
 * Lua scripts.
 *
 * @publicApi
 */
export abstract class ScriptCommands<S extends Surface> extends CommandGroup<S> {
  /** @internal */
  protected abstract readonly scripts: ScriptRegistry;

  /**
   * Runs a registered script; returns the result of its `postFunc`. On a cluster all keys must be in one slot. Redis:
   * `EVALSHA`, or `EVAL` if the server does not know the script (any more).
   *
   * @throws ScriptError for an unknown name, for a number of keys other than `numKeys`, and if the script fails
   * @throws TypeError for an argument that is no string, number or Buffer, unless the `preFunc` encodes it
   * @example
   * const left = await cache.evalScript<number>('take', ['stock:42'], [3]);
   */
  evalScript<T>(
    script: RegisteredScript<T>,
    keys?: readonly string[],
    args?: readonly unknown[],
    options?: VersionOption,
  ): Reply<S, T>;
  evalScript<T = unknown>(
    script: string | RegisteredScript,
    keys?: readonly string[],
    args?: readonly unknown[],
    options?: VersionOption,
  ): Reply<S, T>;
  evalScript<T>(
    script: string | RegisteredScript,
    keys: readonly string[] = [],
    args: readonly unknown[] = [],
    options?: VersionOption,
  ): Reply<S, T> {
    return this.send<T>(() => {
      const found = typeof script === 'object' && script !== null ? script : this.scripts.find(script);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller of a script by name declares T
      return scriptCall(this.scripts, found as RegisteredScript<T>, keys, args, this.versionOf(options));
    });
  }
}
