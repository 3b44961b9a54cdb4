import { printable } from '../errors/quoted.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import type { Codec } from '../codec/index.js';
import { countArgument, functionArgument, textArgument } from '../arguments/arguments.js';
import type { ScriptSource } from '../command-model/command.js';
import { ScriptError } from '../errors/index.js';
import type { KeyBuilder } from '../execution/key-builder.js';
import { keysOnlyPre, noopPost, type PostFunc, type PreFunc, type ScriptResult } from './script-hooks.js';
import { defineScript } from '../command-model/script.js';

/** Options of `registerScript`. @publicApi */
export interface ScriptOptions<T = ScriptResult> {
  /** The number of `KEYS`; a call with another number is refused. */
  readonly numKeys?: number;
  /** Prepares keys and arguments before the script runs ({@link keysOnlyPre}). */
  readonly preFunc?: PreFunc;
  /** Reads its reply ({@link noopPost}). */
  readonly postFunc?: PostFunc<T>;
}

/** A registered script: call it by its name, or pass this object. `T` is the type of its result. @publicApi */
export interface RegisteredScript<T = unknown> extends ScriptSource {
  /** The number of `KEYS`; a call with another number is refused. */
  readonly numKeys?: number;
  /** Prepares keys and arguments before the script runs. */
  readonly preFunc: PreFunc;
  /** Reads its reply. */
  readonly postFunc: PostFunc<T>;
}

export const scriptNames: NamesOf<ScriptOptions> = { numKeys: true, preFunc: true, postFunc: true };

/** The scripts of one cache by name, and what their hooks need. */
export class ScriptRegistry {
  private readonly scripts = new Map<string, RegisteredScript>();
  private readonly calls = new Map<string, number>();

  constructor(
    readonly keys: KeyBuilder,
    readonly codec: Codec,
  ) {}

  /** @throws ScriptError if the name already belongs to another source */
  register<T = ScriptResult>(name: string, source: string, options: ScriptOptions<T> = {}): RegisteredScript<T> {
    checkOptions(options, scriptNames, 'The options of a script', '{ numKeys: 1 }');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- T is ScriptResult if no postFunc is given
    const { numKeys, preFunc = keysOnlyPre, postFunc = noopPost as PostFunc<unknown> as PostFunc<T> } = options;
    if (textArgument(name, 'The name of a script') === '') throw new TypeError('A script must have a name');
    if (textArgument(source, 'The source of a script').trim() === '') throw new TypeError(`Script ${name} is empty`);
    if (numKeys !== undefined) countArgument(numKeys, 'numKeys');
    functionArgument(preFunc, 'preFunc');
    functionArgument(postFunc, 'postFunc');
    const script: RegisteredScript<T> = Object.freeze({ ...defineScript(name, source), numKeys, preFunc, postFunc });
    const known = this.scripts.get(name);
    if (known && known.sha !== script.sha) {
      throw new ScriptError(
        `A script named ${name} with a different source is registered already: choose another name`,
      );
    }
    this.scripts.set(name, script);
    return script;
  }

  /** The registered scripts, with the number of calls by this process. */
  get known(): (RegisteredScript & { readonly calls: number })[] {
    return Array.from(this.scripts.values(), (script) => ({ ...script, calls: this.calls.get(script.sha) ?? 0 }));
  }

  called({ sha }: ScriptSource): void {
    this.calls.set(sha, (this.calls.get(sha) ?? 0) + 1);
  }

  /** @throws ScriptError with the registered names, if there is no such script */
  find(name: string): RegisteredScript {
    const script = this.scripts.get(textArgument(name, 'The name of a script'));
    if (script) return script;
    const names = [...this.scripts.keys()].toSorted();
    const known = names.length > 0 ? `; known are ${names.join(', ')}` : '; none has been registered yet';
    throw new ScriptError(`There is no script ${printable(name)}${known}`);
  }
}
