import type { Bytes } from '../protocol/bytes.js';
import { type Answer, oneLine, ReplyError, Status } from '../protocol/reply.js';
import { minInt64, narrow, formatDouble } from '../protocol/numbers.js';
import { type LuaStack, LuaType } from './lua-stack.js';
import type { LuaState } from './lua-module.js';

/** Deeper tables are an error, as in Redis, where the stack ends at about this depth. */
const maxDepth = 1000;

/** Pushes the result of redis.call: null becomes false, a status `{ ok = … }`, an error `{ err = … }`. */
export function pushAnswer(stack: LuaStack, L: LuaState, answer: Answer): void {
  const { lua } = stack;
  lua.lua_checkstack(L, 8);
  if (typeof answer === 'string') stack.pushBytes(L, answer);
  else if (typeof answer === 'number' || typeof answer === 'bigint') lua.lua_pushnumber(L, Number(answer));
  else if (answer === null) lua.lua_pushboolean(L, 0);
  else if (answer instanceof Status) stack.pushRecord(L, 'ok', answer.text);
  else if (answer instanceof ReplyError) stack.pushRecord(L, 'err', answer.message);
  else {
    lua.lua_createtable(L, answer.length, 0);
    for (const [index, element] of answer.entries()) {
      pushAnswer(stack, L, element);
      lua.lua_rawseti(L, -2, index + 1);
    }
  }
}

/** Reads a script's return value from the top of the stack and leaves it there. */
export function readAnswer(stack: LuaStack, L: LuaState, depth = 0): Answer {
  const { lua } = stack;
  switch (lua.lua_type(L, -1)) {
    case LuaType.string:
      return stack.toBytes(L, -1);
    case LuaType.number:
      return truncate(lua.lua_tonumber(L, -1));
    case LuaType.boolean:
      return lua.lua_toboolean(L, -1) ? 1 : null;
    case LuaType.table:
      if (depth > maxDepth || !lua.lua_checkstack(L, 8)) return new ReplyError('ERR reached lua stack limit');
      return readTable(stack, L, depth);
    default:
      return null;
  }
}

/** Drops the fraction of a Lua number; a value out of the 64-bit range becomes the smallest integer, as on x86. */
function truncate(value: number): Answer {
  if (Number.isSafeInteger(value)) return value;
  const isInRange = Math.abs(value) < 2 ** 63;
  return narrow(isInRange ? BigInt(Math.trunc(value)) : minInt64);
}

function readTable(stack: LuaStack, L: LuaState, depth: number): Answer {
  const error = readField(stack, L, 'err', LuaType.string, () => stack.toBytes(L, -1));
  if (error !== undefined) return new ReplyError(error);
  const status = readField(stack, L, 'ok', LuaType.string, () => stack.toBytes(L, -1));
  if (status !== undefined) return new Status(oneLine(status));
  const double = readField(stack, L, 'double', LuaType.number, () => formatDouble(stack.lua.lua_tonumber(L, -1)));
  if (double !== undefined) return double;
  const text = readField(stack, L, 'big_number', LuaType.string, () => stack.toBytes(L, -1)) ?? readVerbatim(stack, L);
  if (text !== undefined) return text;
  for (const [name, width] of [['map', 2] as const, ['set', 1] as const]) {
    const items = readField(stack, L, name, LuaType.table, () => readEntries(stack, L, depth + 1, width));
    if (items) return items;
  }
  return readArray(stack, L, depth + 1);
}

function readVerbatim(stack: LuaStack, L: LuaState): Bytes | undefined {
  return readField(stack, L, 'verbatim_string', LuaType.table, () =>
    readField(stack, L, 'string', LuaType.string, () => stack.toBytes(L, -1)),
  );
}

/** Reads `table[name]` if it has that type. */
function readField<T>(stack: LuaStack, L: LuaState, name: string, type: number, read: () => T): T | undefined {
  stack.pushField(L, name);
  const value = stack.lua.lua_type(L, -1) === type ? read() : undefined;
  stack.pop(L, 1);
  return value;
}

/** Reads the elements up to the first nil. */
function readArray(stack: LuaStack, L: LuaState, depth: number): Answer[] {
  const { lua } = stack;
  const elements: Answer[] = [];
  for (let index = 1; ; index++) {
    lua.lua_rawgeti(L, -1, index);
    if (lua.lua_type(L, -1) === LuaType.nil) break;
    elements.push(readAnswer(stack, L, depth));
    stack.pop(L, 1);
  }
  stack.pop(L, 1);
  return elements;
}

/** Reads the keys of a table and, with `width` 2, its values. */
function readEntries(stack: LuaStack, L: LuaState, depth: number, width: 1 | 2): Answer[] {
  const { lua } = stack;
  const items: Answer[] = [];
  lua.lua_pushnil(L);
  while (lua.lua_next(L, -2)) {
    lua.lua_pushvalue(L, -2);
    items.push(readAnswer(stack, L, depth));
    stack.pop(L, 1);
    if (width === 2) items.push(readAnswer(stack, L, depth));
    stack.pop(L, 1);
  }
  return items;
}
