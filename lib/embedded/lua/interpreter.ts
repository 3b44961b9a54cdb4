import type { Bytes } from '../protocol/bytes.js';
import { type Answer, ReplyError } from '../protocol/reply.js';
import { bitLibrary } from './bit-library.js';
import { cjsonLibrary } from './cjson-library.js';
import { pushAnswer, readAnswer } from './conversion.js';
import { randomLibrary } from './random-library.js';
import { overrides } from './overrides.js';
import { loadLuaModule, type LuaModule, type LuaState } from './lua-module.js';
import { globalsIndex, LuaStack, LuaType } from './lua-stack.js';
import type { NativeFunction, NativeLibrary } from './native-library.js';
import { redisLibrary, type ScriptHost } from './redis-library.js';
import { sandboxSource } from './sandbox.lua.js';

const registryIndex = -10000;
const allResults = -1;
const badArgumentPattern = /^bad argument #(\d+) to '\?' \((.*)\)$/s;
/** How many compiled scripts are kept. Beyond it, all are dropped and compiled again on demand. */
const maxCompiled = 1000;

/** Lua 5.1 with Redis' libraries. The process has one; scripts leave no state behind in it. */
export class LuaInterpreter {
  private static loading: Promise<LuaInterpreter> | undefined;

  private readonly stack: LuaStack;
  private readonly L: LuaState;
  private readonly compiled = new Set<string>();
  private host: ScriptHost | undefined;

  static load(): Promise<LuaInterpreter> {
    this.loading ??= loadLuaModule()
      .then((lua) => new LuaInterpreter(lua))
      .catch((error: unknown) => {
        // The next script tries again.
        this.loading = undefined;
        throw error;
      });
    return this.loading;
  }

  private constructor(private readonly lua: LuaModule) {
    this.stack = new LuaStack(lua);
    this.L = lua.luaL_newstate();
    lua.luaL_openlibs(this.L);
    this.openSandbox();
  }

  /** Compiles a script under its name. Throws a ReplyError if it is not valid Lua. */
  compile(sha: string, source: Bytes): void {
    if (this.compiled.has(sha)) return;
    if (this.compiled.size >= maxCompiled) this.forgetAll();
    this.loadChunk(source, '@user_script');
    this.setRegistry(sha);
    this.compiled.add(sha);
  }

  /** Runs a compiled script. An error that it raises is returned as a ReplyError. */
  run(sha: string, keys: readonly Bytes[], args: readonly Bytes[], host: ScriptHost): Answer {
    const { lua, stack, L } = this;
    this.host = host;
    try {
      this.pushRegistry('globals');
      pushAnswer(stack, L, keys);
      stack.setField(L, 'KEYS');
      pushAnswer(stack, L, args);
      stack.setField(L, 'ARGV');
      this.pushRegistry('handler');
      this.pushRegistry(sha);
      const failed = lua.lua_pcall(L, 0, 1, -2) !== 0;
      return failed ? this.readFailure(sha) : readAnswer(stack, L);
    } finally {
      lua.lua_settop(L, 0);
      this.host = undefined;
    }
  }

  private readFailure(sha: string): ReplyError {
    const { lua, stack, L } = this;
    if (lua.lua_type(L, -1) !== LuaType.table) {
      const message = lua.lua_type(L, -1) === LuaType.string ? stack.toBytes(L, -1) : 'execution failure';
      return new ReplyError(`ERR Error running script ${sha}, ${message.slice(0, 100)}`);
    }
    const [message, source, line] = ['err', 'source', 'line'].map((name) => {
      stack.pushField(L, name);
      const text = lua.lua_type(L, -1) === LuaType.nil ? undefined : stack.toBytes(L, -1);
      stack.pop(L, 1);
      return text;
    });
    const place = source !== undefined && line !== undefined ? ` script: ${sha}, on ${source}:${line}.` : '';
    return new ReplyError(`${message ?? 'ERR unknown error'}${place}`);
  }

  private openSandbox(): void {
    const { lua, stack, L } = this;
    this.overrideLibraries();
    this.loadChunk(sandboxSource, '=sandbox');
    this.pushLibraries();
    this.pushRegistry('targets');
    if (lua.lua_pcall(L, 2, 3, 0) !== 0) throw new Error(stack.toBytes(L, -1));
    this.setRegistry('handler');
    lua.lua_pushvalue(L, -1);
    lua.lua_replace(L, globalsIndex);
    stack.pop(L, 1);
    this.setRegistry('globals');
  }

  private pushLibraries(): void {
    const { lua, stack, L } = this;
    const libraries: Record<string, NativeLibrary> = {
      redis: redisLibrary(stack, () => this.host),
      cjson: cjsonLibrary(stack),
      bit: bitLibrary(stack),
      math: randomLibrary(stack),
    };
    lua.lua_createtable(L, 0, 4);
    for (const [name, library] of Object.entries(libraries)) {
      lua.lua_createtable(L, 0, 16);
      for (const [field, value] of Object.entries(library)) {
        if (typeof value === 'function') this.pushFunction(value);
        else if (typeof value === 'number') lua.lua_pushnumber(L, value);
        else if (value === null) lua.lua_pushlightuserdata(L, 0);
        else stack.pushBytes(L, value);
        stack.setField(L, field);
      }
      stack.setField(L, name);
    }
  }

  /** Runs before the sandbox takes the libraries over. */
  private overrideLibraries(): void {
    const { lua, stack, L } = this;
    lua.lua_createtable(L, 0, 0);
    this.setRegistry('targets');
    for (const [library, functions] of Object.entries(overrides(stack, (state, index) => this.reveal(state, index)))) {
      this.pushGlobal(library);
      for (const [name, override] of Object.entries(functions)) {
        const original = `original ${library}.${name}`;
        stack.pushField(L, name);
        this.setRegistry(original);
        this.pushFunction((state) => override(state) ?? this.callOriginal(state, original));
        stack.setField(L, name);
      }
      stack.pop(L, 1);
    }
  }

  /** Calls the original so that its errors name the place and the name of the script's call. */
  private callOriginal(L: LuaState, original: string): number {
    const { lua, stack } = this;
    const count = lua.lua_gettop(L);
    this.pushRegistry(original, L);
    lua.lua_insert(L, 1);
    if (lua.lua_pcall(L, count, allResults, 0) === 0) return lua.lua_gettop(L);
    if (lua.lua_type(L, -1) !== LuaType.string) return lua.lua_error(L);
    const message = stack.toBytes(L, -1);
    const [, argument, why] = badArgumentPattern.exec(message) ?? [];
    if (argument === undefined) return stack.raise(L, message);
    return stack.withBytes(why!, (pointer) => lua.luaL_argerror(L, Number(argument), pointer));
  }

  /** Replaces a stand-in by its protected table; false if the value is no stand-in. */
  private reveal(L: LuaState, index: number): boolean {
    const { lua, stack } = this;
    if (lua.lua_type(L, index) !== LuaType.table) return false;
    this.pushRegistry('targets', L);
    lua.lua_pushvalue(L, index);
    lua.lua_rawget(L, -2);
    const isStandIn = lua.lua_type(L, -1) === LuaType.table;
    if (isStandIn) lua.lua_replace(L, index);
    stack.pop(L, isStandIn ? 1 : 2);
    return isStandIn;
  }

  private pushFunction(body: NativeFunction): void {
    this.lua.lua_pushcclosure(this.L, this.lua.addFunction(body, 'ii'), 0);
  }

  /** Pushes the chunk as a function. */
  private loadChunk(source: Bytes, name: string): void {
    const { lua, stack, L } = this;
    const size = source.length;
    const pointer = lua.malloc(name.length + 1);
    lua.HEAPU8.set(Buffer.from(`${name}\0`), pointer);
    const failed = stack.withBytes(source, (text) => lua.luaL_loadbuffer(L, text, size, pointer)) !== 0;
    lua.free(pointer);
    if (!failed) return;
    const message = stack.toBytes(L, -1);
    stack.pop(L, 1);
    throw new ReplyError(`ERR Error compiling script (new function): ${message}`);
  }

  private forgetAll(): void {
    for (const sha of this.compiled) {
      this.lua.lua_pushnil(this.L);
      this.setRegistry(sha);
    }
    this.compiled.clear();
  }

  /** Pops a value and stores it under a name. */
  private setRegistry(name: string): void {
    this.stack.pushBytes(this.L, name);
    this.lua.lua_pushvalue(this.L, -2);
    this.lua.lua_rawset(this.L, registryIndex);
    this.stack.pop(this.L, 1);
  }

  private pushRegistry(name: string, L = this.L): void {
    this.stack.pushBytes(L, name);
    this.lua.lua_rawget(L, registryIndex);
  }

  private pushGlobal(name: string): void {
    this.stack.pushBytes(this.L, name);
    this.lua.lua_rawget(this.L, globalsIndex);
  }
}
