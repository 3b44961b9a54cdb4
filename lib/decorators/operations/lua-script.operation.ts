import type { VersionOption } from '../../arguments/version.js';
import type { CachexService } from '../../cachex.service.js';
import { describe } from '../../arguments/arguments.js';
import { checkOptions, type NamesOf } from '../../arguments/option-names.js';
import { type RegisteredScript, scriptNames, type ScriptOptions } from '../../scripting/script-registry.js';
import type { ScriptResult } from '../../scripting/script-hooks.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { Operation, Proceed } from '../runtime/operation.js';

/** The script of `@LuaScript`, and how to call it: the options of `registerScript`, and its own. @publicApi */
export interface LuaScriptOptions<T = ScriptResult> extends ScriptOptions<T>, VersionOption {
  /** The name of the script, as `registerScript` takes it. */
  readonly name: string;
  /** Its source. */
  readonly script: string;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

/** The result of a method with `@LuaScript`. @publicApi */
export interface LuaCall {
  /** The keys of the script, without prefix and version (`KEYS`). */
  readonly keys?: readonly string[];
  /** Its other arguments (`ARGV`). */
  readonly args?: readonly unknown[];
}

const known: NamesOf<LuaScriptOptions> = { ...scriptNames, name: true, script: true, cache: true, version: true };

export class LuaScriptOperation<T> implements Operation {
  readonly decorator = '@LuaScript';
  readonly isVital = true;
  readonly cache?: string;
  private readonly name: string;
  private readonly source: string;
  private readonly options: ScriptOptions<T>;
  private readonly at: VersionOption;
  private readonly registered = new WeakMap<CachexService, RegisteredScript<T>>();

  constructor(given: LuaScriptOptions<T>) {
    checkOptions(given, known, this.decorator, '{ name, script }');
    const { name, script, cache, version, ...options } = given;
    this.name = name;
    this.source = script;
    this.cache = cache;
    this.options = options;
    this.at = version === undefined ? {} : { version };
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    const returned: unknown = await proceed();
    if (typeof returned !== 'object' || returned === null) {
      throw new TypeError(`${call.title} must return { keys, args } for @LuaScript, not ${describe(returned)}`);
    }
    const { keys = [], args = [] } = returned as LuaCall;
    const cache = call.cache(this.cache);
    return cache.evalScript(this.scriptIn(cache), keys, args, this.at);
  }

  private scriptIn(cache: CachexService): RegisteredScript<T> {
    const known = this.registered.get(cache);
    if (known) return known;
    const script = cache.registerScript(this.name, this.source, this.options);
    this.registered.set(cache, script);
    return script;
  }
}
