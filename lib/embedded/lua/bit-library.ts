import type { NativeFunction, NativeLibrary } from './native-library.js';
import type { LuaStack } from './lua-stack.js';

/** Lua BitOp: 32-bit operations on signed numbers. */
export function bitLibrary(stack: LuaStack): NativeLibrary {
  const { lua } = stack;
  const operation =
    (compute: (value: number, shift: number) => number): NativeFunction =>
    (L) => {
      lua.lua_pushnumber(L, compute(toBit(lua.lua_tonumber(L, 1)), lua.lua_tonumber(L, 2) & 31) | 0);
      return 1;
    };
  const folding =
    (combine: (a: number, b: number) => number): NativeFunction =>
    (L) => {
      let result = toBit(lua.lua_tonumber(L, 1));
      for (let index = 2; index <= lua.lua_gettop(L); index++)
        result = combine(result, toBit(lua.lua_tonumber(L, index)));
      lua.lua_pushnumber(L, result | 0);
      return 1;
    };
  return {
    tobit: operation((value) => value),
    bnot: operation((value) => ~value),
    lshift: operation((value, shift) => value << shift),
    rshift: operation((value, shift) => value >>> shift),
    arshift: operation((value, shift) => value >> shift),
    rol: operation((value, shift) => (value << shift) | (value >>> (32 - shift))),
    ror: operation((value, shift) => (value >>> shift) | (value << (32 - shift))),
    bswap: operation(swapBytes),
    band: folding((a, b) => a & b),
    bor: folding((a, b) => a | b),
    bxor: folding((a, b) => a ^ b),
    tohex: (L) => {
      const width = lua.lua_gettop(L) < 2 ? 8 : Math.max(-8, Math.min(8, lua.lua_tonumber(L, 2)));
      const digits = (toBit(lua.lua_tonumber(L, 1)) >>> 0)
        .toString(16)
        .padStart(8, '0')
        .slice(-Math.abs(width) || 8);
      stack.pushBytes(L, width < 0 ? digits.toUpperCase() : digits);
      return 1;
    },
  };
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Wraps to 32 bits and rounds fractions. Uses Lua BitOp's own trick, so larger numbers give the same bits. */
function toBit(value: number): number {
  double[0] = value + (2 ** 52 + 2 ** 51);
  return words[0] ?? 0;
}

function swapBytes(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}
