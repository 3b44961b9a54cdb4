import type { VersionOption } from '../arguments/version.js';
import type { ScriptResult } from '../scripting/script-hooks.js';
import type { ScriptOptions } from '../scripting/script-registry.js';
import { decorate } from './decorate.js';
import { LuaScriptOperation } from './operations/lua-script.operation.js';
import type { TypedMethodDecorator } from './options/typed-method-decorator.js';

/** The script of {@link LuaScript}, and how it is called: the options of `registerScript`, and its own. @publicApi */
export interface LuaScriptOptions<T = ScriptResult> extends ScriptOptions<T>, VersionOption {
  /** The name of the script, as `registerScript` takes it. */
  readonly name: string;
  /** Its source. */
  readonly script: string;
  /** The name of the cache; the default one where left out. */
  readonly cache?: string;
}

/** What a method of {@link LuaScript} returns. @publicApi */
export interface LuaCall {
  readonly keys?: readonly string[];
  readonly args?: readonly unknown[];
}

/**
 * Runs a Lua script with the keys and arguments that the method returns; the method's caller gets the script's result.
 *
 * @publicApi
 * @example
 * @LuaScript({ name: 'take', script: takeSource, numKeys: 1 })
 * async take(productId: string, units: number): Promise<number> {
 *   return luaCall({ keys: [`stock:${productId}`], args: [units] });
 * }
 */
export function LuaScript<T = ScriptResult>(options: LuaScriptOptions<T>): TypedMethodDecorator {
  return decorate(new LuaScriptOperation(options));
}

/**
 * What a method of {@link LuaScript} returns, in the type of the script's result, which is what its caller gets.
 *
 * @publicApi
 */
// oxlint-disable-next-line no-unnecessary-type-parameters -- the method's return type decides
export function luaCall<T>(call: LuaCall): T {
  return call as T;
}
