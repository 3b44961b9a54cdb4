import type { LuaState } from './lua-module.js';

/** A function that scripts can call; it takes its arguments from the stack and says how many results it left there. */
export type NativeFunction = (L: LuaState) => number;
/** Functions, numbers, strings and `null` (cjson's) by name. */
export type NativeLibrary = Readonly<Record<string, NativeFunction | number | string | null>>;
