import { LuaApi } from './lua.js';

/** The engine asks Node.js itself for the optional package of Lua. */
export const runInThisContext = (): unknown => ({
  getBuiltinModule: () => ({ createRequire: () => () => ({ LuaApi }) }),
});
