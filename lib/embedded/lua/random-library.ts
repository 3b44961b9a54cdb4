import type { NativeLibrary } from './native-library.js';
import { toSigned } from './integer-text.js';
import type { LuaStack } from './lua-stack.js';

const multiplier = 0x5deece66dn;
const increment = 0xbn;
const mask48 = 2n ** 48n - 1n;
const maxInt32 = 2 ** 31 - 1;

/** math.random and math.randomseed based on drand48, with which Redis replaces Lua's own. */
export function randomLibrary(stack: LuaStack): NativeLibrary {
  const { lua } = stack;
  let state = 0x1234abcd330en;

  /** At least 0 and below 1. */
  function draw(): number {
    state = (state * multiplier + increment) & mask48;
    return (Number(state >> 17n) % maxInt32) / maxInt32;
  }

  return {
    random: (L) => {
      const count = lua.lua_gettop(L);
      if (count > 2) stack.raise(L, 'wrong number of arguments');
      const drawn = draw();
      const integer = (index: number): number => toInt(lua.luaL_checknumber(L, index));
      let [low, high] = [1, 0];
      if (count > 0) [low, high] = count === 2 ? [integer(1), integer(2)] : [1, integer(1)];
      if (count > 0 && low > high) stack.raise(L, `bad argument #${count} to 'random' (interval is empty)`);
      lua.lua_pushnumber(L, count === 0 ? drawn : Math.floor(drawn * (high - low + 1)) + low);
      return 1;
    },
    randomseed: (L) => {
      state = (BigInt(Math.trunc(lua.lua_tonumber(L, 1)) | 0) << 16n) & mask48;
      state |= 0x330en;
      return 0;
    },
  };
}

/** C's conversion to an `int`. */
function toInt(number: number): number {
  return Number(BigInt.asIntN(32, toSigned(number)));
}
