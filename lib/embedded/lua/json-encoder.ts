import { type Bytes } from '../protocol/bytes.js';
import { formatDouble } from '../protocol/numbers.js';
import { JsonError, maxDepth } from './json-coding.js';
import type { LuaState } from './lua-module.js';
import { type LuaStack, LuaType } from './lua-stack.js';

/** cjson's defaults: past ten elements at least half of an array must be there. */
const sparseRatio = 2;
const sparseSafe = 10;
const precision = 14;
const shortEscapes: Readonly<Record<string, string | undefined>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Writes Lua values as JSON by the rules of lua-cjson. */
export class JsonEncoder {
  constructor(
    private readonly stack: LuaStack,
    private readonly L: LuaState,
  ) {}

  /** The value on top of the stack, which stays there. */
  encode(depth = 0): Bytes {
    const { stack, L } = this;
    const { lua } = stack;
    const type = lua.lua_type(L, -1);
    switch (type) {
      case LuaType.string:
        return quote(stack.toBytes(L, -1));
      case LuaType.number:
        return this.encodeNumber(lua.lua_tonumber(L, -1));
      case LuaType.boolean:
        return lua.lua_toboolean(L, -1) ? 'true' : 'false';
      case LuaType.table:
        return this.encodeTable(depth + 1);
      case LuaType.nil:
        return 'null';
      case LuaType.lightUserdata:
        if (lua.lua_touserdata(L, -1) === 0) return 'null';
    }
    throw new JsonError(`Cannot serialise ${stack.typeName(L, -1)}: type not supported`);
  }

  private encodeNumber(value: number): Bytes {
    if (!Number.isFinite(value)) throw new JsonError('Cannot serialise number: must not be NaN or Inf');
    return formatDouble(value, precision);
  }

  private encodeTable(depth: number): Bytes {
    const { stack, L } = this;
    if (depth > maxDepth || !stack.lua.lua_checkstack(L, 3)) {
      throw new JsonError(`Cannot serialise, excessive depth (${depth})`);
    }
    const length = this.arrayLength();
    return length > 0 ? this.encodeArray(length, depth) : this.encodeObject(depth);
  }

  /** The highest index when all keys are positive integers, else 0. An empty table is an object. */
  private arrayLength(): number {
    const { stack, L } = this;
    const { lua } = stack;
    let [highest, count] = [0, 0];
    lua.lua_pushnil(L);
    while (lua.lua_next(L, -2)) {
      const index = lua.lua_type(L, -2) === LuaType.number ? lua.lua_tonumber(L, -2) : 0;
      if (!Number.isInteger(index) || index < 1) {
        stack.pop(L, 2);
        return 0;
      }
      highest = Math.max(highest, index);
      count++;
      stack.pop(L, 1);
    }
    if (highest > count * sparseRatio && highest > sparseSafe) {
      throw new JsonError('Cannot serialise table: excessively sparse array');
    }
    return highest;
  }

  private encodeArray(length: number, depth: number): Bytes {
    const { stack, L } = this;
    const items: Bytes[] = [];
    for (let index = 1; index <= length; index++) {
      stack.lua.lua_rawgeti(L, -1, index);
      items.push(this.encode(depth));
      stack.pop(L, 1);
    }
    return `[${items.join(',')}]`;
  }

  private encodeObject(depth: number): Bytes {
    const { stack, L } = this;
    const items: Bytes[] = [];
    stack.lua.lua_pushnil(L);
    while (stack.lua.lua_next(L, -2)) {
      items.push(`${this.encodeKey()}:${this.encode(depth)}`);
      stack.pop(L, 1);
    }
    return `{${items.join(',')}}`;
  }

  private encodeKey(): Bytes {
    const { stack, L } = this;
    const type = stack.lua.lua_type(L, -2);
    if (type === LuaType.string) return quote(stack.toBytes(L, -2));
    if (type === LuaType.number) return `"${this.encodeNumber(stack.lua.lua_tonumber(L, -2))}"`;
    throw new JsonError(`Cannot serialise ${stack.typeName(L, -2)}: table key must be a number or string`);
  }
}

function quote(text: Bytes): Bytes {
  const escaped = text.replace(
    // oxlint-disable-next-line no-control-regex
    /["\\/\u0000-\u001f\u007f]/g,
    (char) => shortEscapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}
