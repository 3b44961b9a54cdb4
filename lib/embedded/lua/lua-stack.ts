import type { Bytes } from '../protocol/bytes.js';
import type { LuaModule, LuaState, Pointer } from './lua-module.js';

/** Lua's types by number. */
export const LuaType = {
  none: -1,
  nil: 0,
  boolean: 1,
  lightUserdata: 2,
  number: 3,
  string: 4,
  table: 5,
} as const;

/** The index of the table of globals. */
export const globalsIndex = -10002;

const typeNames = ['nil', 'boolean', 'userdata', 'number', 'string', 'table', 'function', 'userdata', 'thread'];
const scratchSize = 64 * 1024;

/** Moves byte strings into and out of the interpreter's memory, unchanged. */
export class LuaStack {
  private readonly scratch: Pointer;
  private readonly lengthOut: Pointer;
  private memory: Buffer;

  constructor(readonly lua: LuaModule) {
    this.scratch = lua.malloc(scratchSize);
    this.lengthOut = lua.malloc(4);
    this.memory = Buffer.from(lua.HEAPU8.buffer);
  }

  pushBytes(L: LuaState, bytes: Bytes): void {
    this.withBytes(bytes, (pointer) => this.lua.lua_pushlstring(L, pointer, bytes.length));
  }

  /** The string at an index. A number there is converted to a string in place. */
  toBytes(L: LuaState, index: number): Bytes {
    const pointer = this.lua.lua_tolstring(L, index, this.lengthOut);
    const length = this.lua.HEAPU32[this.lengthOut >> 2] ?? 0;
    return this.view().toString('latin1', pointer, pointer + length);
  }

  /** Lends the bytes to `use`, zero-terminated. */
  withBytes<T>(bytes: Bytes, use: (pointer: Pointer) => T): T {
    const isLarge = bytes.length >= scratchSize;
    const pointer = isLarge ? this.lua.malloc(bytes.length + 1) : this.scratch;
    const memory = this.view();
    memory.write(bytes, pointer, bytes.length, 'latin1');
    memory[pointer + bytes.length] = 0;
    try {
      return use(pointer);
    } finally {
      if (isLarge) this.lua.free(pointer);
    }
  }

  /** Sets `table[name]` to the value on top of the stack, for a table below it. */
  setField(L: LuaState, name: Bytes): void {
    const { lua } = this;
    this.pushBytes(L, name);
    lua.lua_pushvalue(L, -2);
    lua.lua_rawset(L, -4);
    this.pop(L, 1);
  }

  /** Pushes `table[name]` of the table at the top of the stack. */
  pushField(L: LuaState, name: Bytes): void {
    this.pushBytes(L, name);
    this.lua.lua_rawget(L, -2);
  }

  /** Pushes `{ [name]: value }`. */
  pushRecord(L: LuaState, name: Bytes, value: Bytes): void {
    this.lua.lua_createtable(L, 0, 1);
    this.pushBytes(L, value);
    this.setField(L, name);
  }

  pop(L: LuaState, count: number): void {
    this.lua.lua_settop(L, -count - 1);
  }

  typeName(L: LuaState, index: number): string {
    return typeNames[this.lua.lua_type(L, index)] ?? 'no value';
  }

  /** Raises an error as luaL_error does, prefixed with the caller's position. Must not be called inside a `try`. */
  raise(L: LuaState, message: string): never {
    this.lua.luaL_where(L, 1);
    this.pushBytes(L, message);
    this.lua.lua_concat(L, 2);
    return this.lua.lua_error(L);
  }

  /** The current memory, which moves when it grows. */
  private view(): Buffer {
    if (this.memory.buffer !== this.lua.HEAPU8.buffer) this.memory = Buffer.from(this.lua.HEAPU8.buffer);
    return this.memory;
  }
}
