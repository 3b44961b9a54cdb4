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
   * Runs a registered script; what its `postFunc` makes of the reply. On a cluster all keys must be in one slot.
   * Redis: `EVALSHA`, `EVAL` where the server does not know the script (any more).
   *
   * @throws ScriptError for an unknown name, for another number of keys than `numKeys`, and where the script fails
   * @throws TypeError for an argument that is neither string nor number nor Buffer, without a `preFunc` that encodes it
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
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- who runs a script by its name says what T is
      return scriptCall(this.scripts, found as RegisteredScript<T>, keys, args, this.versionOf(options));
    });
  }
}
