import type { Bytes } from '../protocol/bytes.js';
import { formatInteger, parseUnsigned, toSigned } from './integer-text.js';
import type { LuaState } from './lua-module.js';
import { GLOBALS, type LuaStack, LuaType } from './lua-stack.js';

/**
 * Changes the arguments of a function of Lua's own libraries before it is called, or answers in its place with a number
 * of results.
 */
export type Override = (L: LuaState) => number | undefined;

const INT32 = 2 ** 31;
const SPEC = /%([-+ #0]{0,5}\d{0,2}(?:\.\d{0,2})?)([^\d.])/g;
const EMPTY_HEX = /^[\t-\r ]*[-+]?0x[\t-\r ]*$/i;
const BYTECODE = '\x1b';

/**
 * Where Lua's own functions differ from those of Redis: the interpreter's integers have 32 bits, and nothing protects
 * the tables that all scripts share. `reveal` puts a protected table in the place of its stand-in at an index, and says whether there was one.
 */
export function overrides(
  stack: LuaStack,
  reveal: (L: LuaState, index: number) => boolean,
): Readonly<Record<string, Readonly<Record<string, Override>>>> {
  const { lua } = stack;

  function isNumber(L: LuaState, index: number): boolean {
    return lua.lua_isnumber(L, index) === 1;
  }

  /** Places in strings: what is beyond 32 bits is beyond any string. */
  const clamp =
    (...indexes: number[]): Override =>
    (L) => {
      for (const index of indexes) {
        if (!isNumber(L, index)) continue;
        const number = lua.lua_tonumber(L, index);
        if (number < INT32 && number >= -INT32) continue;
        lua.lua_pushnumber(L, toSigned(number) > 0n ? INT32 - 1 : -INT32);
        lua.lua_replace(L, index);
      }
      return undefined;
    };

  const format: Override = (L) => {
    if (lua.lua_type(L, 1) !== LuaType.string) return undefined;
    const text = stack.toBytes(L, 1);
    let index = 1;
    const changed = text.replace(SPEC, (spec: Bytes, flags: Bytes, conversion: Bytes) => {
      if (conversion === '%') return spec;
      index++;
      if (!'diouxX'.includes(conversion) || !isNumber(L, index)) return spec;
      const number = lua.lua_tonumber(L, index);
      const least = conversion === 'd' || conversion === 'i' ? -INT32 : 0;
      if (number < INT32 && number >= least) return spec;
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
      if (!EMPTY_HEX.test(stack.toBytes(L, 1))) return undefined;
      lua.lua_pushnil(L);
      return 1;
    }
    if (base < 2 || base > 36) return undefined;
    const number = parseUnsigned(stack.toBytes(L, 1), base);
    if (number === undefined) lua.lua_pushnil(L);
    else lua.lua_pushnumber(L, number);
    return 1;
  };

  /** Bytecode is read as text, which it is not. */
  const loadString: Override = (L) => {
    if (lua.lua_type(L, 1) !== LuaType.string) return undefined;
    const text = stack.toBytes(L, 1);
    if (!text.startsWith(BYTECODE)) return undefined;
    if (lua.lua_gettop(L) < 2) lua.lua_pushvalue(L, 1);
    replaceBytes(L, 1, ` ${text}`);
    return undefined;
  };

  const look: Override = (L) => {
    reveal(L, 1);
    return undefined;
  };

  /** What goes through a protected table must not get hold of it. */
  const pairs: Override = (L) => {
    lua.lua_pushvalue(L, 1);
    const isStandIn = reveal(L, lua.lua_gettop(L));
    stack.pop(L, 1);
    if (!isStandIn) return undefined;
    stack.withBytes('next', (name) => lua.lua_getfield(L, GLOBALS, name));
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
