import type { NativeLibrary } from './native-library.js';
import { JsonDecoder } from './json-decoder.js';
import { JsonEncoder } from './json-encoder.js';
import { attempt, JsonError } from './json-coding.js';
import { type LuaStack, LuaType } from './lua-stack.js';

/** The library `cjson` of scripts. */
export function cjsonLibrary(stack: LuaStack): NativeLibrary {
  const { lua } = stack;
  return {
    null: null,
    _NAME: 'cjson',
    _VERSION: '2.1.0',
    encode: (L) => {
      if (lua.lua_gettop(L) !== 1) stack.raise(L, "bad argument #1 to 'encode' (expected 1 argument)");
      const text = attempt(() => new JsonEncoder(stack, L).encode());
      if (text instanceof JsonError) return stack.raise(L, text.message);
      stack.pushBytes(L, text);
      return 1;
    },
    decode: (L) => {
      if (lua.lua_gettop(L) !== 1) stack.raise(L, "bad argument #1 to 'decode' (expected 1 argument)");
      const type = lua.lua_type(L, 1);
      if (type !== LuaType.string && type !== LuaType.number) {
        stack.raise(L, `bad argument #1 to 'decode' (string expected, got ${stack.typeName(L, 1)})`);
      }
      const failure = attempt(() => new JsonDecoder(stack, L, stack.toBytes(L, 1)).decode());
      return failure instanceof JsonError ? stack.raise(L, failure.message) : 1;
    },
  };
}
