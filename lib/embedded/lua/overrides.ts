import type { Bytes } from '../protocol/bytes.js';
import { formatInteger, parseUnsigned, toSigned } from './integer-text.js';
import type { LuaState } from './lua-module.js';
import { globalsIndex, type LuaStack, LuaType } from './lua-stack.js';

/**
 * Changes the arguments of a standard Lua function before the call, or handles the call itself and returns the number
 * of results.
 */
export type Override = (L: LuaState) => number | undefined;

const int32Limit = 2 ** 31;
const specPattern = /%([-+ #0]{0,5}\d{0,2}(?:\.\d{0,2})?)([^\d.])/g;
const emptyHexPattern = /^[\t-\r ]*[-+]?0x[\t-\r ]*$/i;
const bytecodeMark = '\x1b';

/**
 * Adapts Lua's standard functions to those of Redis: the interpreter's integers have 32 bits, and nothing protects the
 * tables that all scripts share. `reveal` replaces the stand-in at an index by its protected table; false if there is
 * no stand-in.
 */
export function overrides(
  stack: LuaStack,
  reveal: (L: LuaState, index: number) => boolean,
): Readonly<Record<string, Readonly<Record<string, Override>>>> {
  const { lua } = stack;

  function isNumber(L: LuaState, index: number): boolean {
    return lua.lua_isnumber(L, index) === 1;
  }

  /** Positions in strings: anything beyond 32 bits is beyond the end of any string. */
  const clamp =
    (...indexes: number[]): Override =>
    (L) => {
      for (const index of indexes) {
        if (!isNumber(L, index)) continue;
        const number = lua.lua_tonumber(L, index);
        if (number < int32Limit && number >= -int32Limit) continue;
        lua.lua_pushnumber(L, toSigned(number) > 0n ? int32Limit - 1 : -int32Limit);
        lua.lua_replace(L, index);
      }
      return undefined;
    };

  const format: Override = (L) => {
    if (lua.lua_type(L, 1) !== LuaType.string) return undefined;
    const text = stack.toBytes(L, 1);
    let index = 1;
    const changed = text.replace(specPattern, (spec: Bytes, flags: Bytes, conversion: Bytes) => {
      if (conversion === '%') return spec;
      index++;
      if (!'diouxX'.includes(conversion) || !isNumber(L, index)) return spec;
      const number = lua.lua_tonumber(L, index);
      const least = conversion === 'd' || conversion === 'i' ? -int32Limit : 0;
      if (number < int32Limit && number >= least) return spec;
      replaceBytes(L, index, formatInteger(flags, conversion, number));
      return '%s';
    });
    if (changed !== text) replaceBytes(L, 1, changed);
    return undefined;
  };

  const toNumber: Override = (L) => {
    const type = lua.lua_type(L, 1);
    const base = isNumber(L, 2) ? Math.trunc(lua.lua_tonumber(L, 2)) : undefined;
    if (type !== LuaType.string && (type !== LuaType.number || base === undefined)) return undefined;
    if (base === undefined || base === 10) {
      if (lua.lua_type(L, 2) > LuaType.nil && base === undefined) return undefined;
      if (!emptyHexPattern.test(stack.toBytes(L, 1))) return undefined;
      lua.lua_pushnil(L);
      return 1;
    }
    if (base < 2 || base > 36) return undefined;
    const number = parseUnsigned(stack.toBytes(L, 1), base);
    if (number === undefined) lua.lua_pushnil(L);
    else lua.lua_pushnumber(L, number);
    return 1;
  };

  /** Makes bytecode fail to load: it is parsed as text. */
  const loadString: Override = (L) => {
    if (lua.lua_type(L, 1) !== LuaType.string) return undefined;
    const text = stack.toBytes(L, 1);
    if (!text.startsWith(bytecodeMark)) return undefined;
    if (lua.lua_gettop(L) < 2) lua.lua_pushvalue(L, 1);
    replaceBytes(L, 1, ` ${text}`);
    return undefined;
  };

  const look: Override = (L) => {
    reveal(L, 1);
    return undefined;
  };

  /** Iterates over a protected table without handing it out. */
  const pairs: Override = (L) => {
    lua.lua_pushvalue(L, 1);
    const isStandIn = reveal(L, lua.lua_gettop(L));
    stack.pop(L, 1);
    if (!isStandIn) return undefined;
    stack.withBytes('next', (name) => lua.lua_getfield(L, globalsIndex, name));
    lua.lua_pushvalue(L, 1);
    lua.lua_pushnil(L);
    return 3;
  };

  const refuse: Override = (L) => {
    if (!reveal(L, 1)) return undefined;
    stack.pushBytes(L, 'Attempt to modify a readonly table');
    return lua.lua_error(L);
  };

  function replaceBytes(L: LuaState, index: number, bytes: Bytes): void {
    stack.pushBytes(L, bytes);
    lua.lua_replace(L, index);
  }

  return {
    _G: { tonumber: toNumber, loadstring: loadString, next: look, pairs, rawget: look },
    string: { sub: clamp(2, 3), byte: clamp(2, 3), find: clamp(3), match: clamp(3), format },
    table: { insert: refuse, foreach: look, foreachi: look, getn: look, maxn: look, concat: look },
  };
}
