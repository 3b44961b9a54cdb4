import { runInThisContext } from 'node:vm';
import { requireOptional } from '../../errors/optional-package.js';

/** A pointer into the interpreter's memory. */
export type Pointer = number;
/** A Lua thread. */
export type LuaState = Pointer;

/** The part of Lua's C API that the engine uses. */
export interface LuaModule {
  /** The interpreter's memory; a new array after it has grown. */
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  addFunction(body: (L: LuaState) => number, signature: string): Pointer;
  malloc(size: number): Pointer;
  free(pointer: Pointer): void;
  luaL_newstate(): LuaState;
  luaL_openlibs(L: LuaState): void;
  luaL_loadbuffer(L: LuaState, source: Pointer, size: number, name: Pointer): number;
  luaL_argerror(L: LuaState, argument: number, message: Pointer): never;
  luaL_checknumber(L: LuaState, argument: number): number;
  luaL_where(L: LuaState, level: number): void;
  lua_checkstack(L: LuaState, extra: number): number;
  lua_concat(L: LuaState, count: number): void;
  lua_createtable(L: LuaState, arrayLength: number, recordLength: number): void;
  lua_error(L: LuaState): never;
  lua_getfield(L: LuaState, index: number, name: Pointer): void;
  lua_gettop(L: LuaState): number;
  lua_insert(L: LuaState, index: number): void;
  lua_isnumber(L: LuaState, index: number): number;
  lua_next(L: LuaState, index: number): number;
  lua_pcall(L: LuaState, args: number, results: number, handler: number): number;
  lua_pushboolean(L: LuaState, value: number): void;
  lua_pushcclosure(L: LuaState, body: Pointer, upvalues: number): void;
  lua_pushlightuserdata(L: LuaState, pointer: Pointer): void;
  lua_pushlstring(L: LuaState, bytes: Pointer, length: number): void;
  lua_pushnil(L: LuaState): void;
  lua_pushnumber(L: LuaState, value: number): void;
  lua_pushvalue(L: LuaState, index: number): void;
  lua_rawget(L: LuaState, index: number): void;
  lua_rawgeti(L: LuaState, index: number, position: number): void;
  lua_rawset(L: LuaState, index: number): void;
  lua_rawseti(L: LuaState, index: number, position: number): void;
  lua_replace(L: LuaState, index: number): void;
  lua_settop(L: LuaState, top: number): void;
  lua_toboolean(L: LuaState, index: number): number;
  lua_tolstring(L: LuaState, index: number, length: Pointer): Pointer;
  lua_tonumber(L: LuaState, index: number): number;
  lua_touserdata(L: LuaState, index: number): Pointer;
  lua_type(L: LuaState, index: number): number;
}

/** The module as emscripten exports it: every C function is prefixed with an underscore. */
type EmscriptenModule = Record<string, (...args: never[]) => unknown> &
  Pick<LuaModule, 'HEAPU8' | 'HEAPU32' | 'addFunction'>;

interface LuaPackage {
  readonly LuaApi: { initialize(): Promise<{ readonly module: EmscriptenModule }> };
}

/** Loads the optional package that provides Lua 5.1. */
export async function loadLuaModule(): Promise<LuaModule> {
  const { LuaApi } = requireLua();
  const { module } = await LuaApi.initialize();
  const functions = Object.entries(module)
    .filter(([name]) => name.startsWith('_'))
    .map(([name, body]) => [name.slice(1), body]);
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a C build's exports are untyped; LuaModule names those that the engine uses
    ...(Object.fromEntries(functions) as LuaModule),
    addFunction: module.addFunction,
    get HEAPU8() {
      return module.HEAPU8;
    },
    get HEAPU32() {
      return module.HEAPU32;
    },
  };
}

/**
 * Node's own `require`, outside any test runner: Jest loads modules into a context where the package cannot import
 * anything, and replaces `node:module` with one that loads into that context.
 */
function requireLua(): LuaPackage {
  const main: NodeJS.Process = runInThisContext('process');
  const { createRequire } = main.getBuiltinModule('node:module');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an optional package: its types may be missing
  return requireOptional('wasmoon-lua5.1', 'Lua scripts on the embedded engine need', createRequire) as LuaPackage;
}
