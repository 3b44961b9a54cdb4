import type { ScriptResult } from '../scripting/script-hooks.js';
import { decorate } from './decorate.js';
import { type LuaCall, LuaScriptOperation, type LuaScriptOptions } from './operations/lua-script.operation.js';
import type { TypedMethodDecorator } from './options/typed-method-decorator.js';

/**
 * Runs a Lua script with the keys and arguments that the method returns; the method's caller gets the script's result.
 *
 * @publicApi
 * @example
 * @LuaScript({ name: 'take', script: takeSource, numKeys: 1 })
 * take(productId: string, units: number): Promise<number> {
 *   return luaCall({ keys: [`stock:${productId}`], args: [units] });
 * }
 */
export function LuaScript<T = ScriptResult>(options: LuaScriptOptions<T>): TypedMethodDecorator {
  return decorate(new LuaScriptOperation(options));
}

/**
 * The result of a {@link LuaScript} method, in the type of the script's result, which its caller gets.
 *
 * @publicApi
 * @example
 * @LuaScript({ name: 'take', script: takeSource, numKeys: 1 })
 * take(productId: string, units: number): Promise<number> {
 *   return luaCall({ keys: [`stock:${productId}`], args: [units] });
 * }
 */
// oxlint-disable-next-line no-unnecessary-type-parameters -- the method's return type decides
export function luaCall<T>(call: LuaCall): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the decorator awaits the call and gives its reply
  return call as T;
}
