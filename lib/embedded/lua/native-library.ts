import type { LuaState } from './lua-module.js';

/** A function for scripts. It takes its arguments from the stack and returns how many results it left there. */
export type NativeFunction = (L: LuaState) => number;
/** Functions, numbers, strings and `null` (for cjson.null) by name. */
export type NativeLibrary = Readonly<Record<string, NativeFunction | number | string | null>>;
