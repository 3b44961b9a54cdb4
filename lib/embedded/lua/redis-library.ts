import { createHash } from 'node:crypto';
import type { Bytes } from '../protocol/bytes.js';
import { formatDouble } from '../protocol/numbers.js';
import { type Answer, ReplyError } from '../protocol/reply.js';
import { pushAnswer } from './conversion.js';
import type { NativeLibrary } from './native-library.js';
import type { LuaState } from './lua-module.js';
import { type LuaStack, LuaType } from './lua-stack.js';
import { redisVersion, redisVersionNumber } from '../protocol/version.js';

const debugLevel = 0;
const warningLevel = 3;
const replicateToAll = 3;
const unknownReplicationMessage = 'ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.';

/** Runs the commands that a script calls. */
export interface ScriptHost {
  /** Runs the command of redis.call. Error replies are returned, not thrown. */
  call(name: Bytes, args: readonly Bytes[]): Answer;
}

/** The library `redis` of scripts. */
export function redisLibrary(stack: LuaStack, host: () => ScriptHost | undefined): NativeLibrary {
  const { lua } = stack;

  function callCommand(L: LuaState): Answer {
    const [name, ...args] = readWords(stack, L) ?? [];
    if (lua.lua_gettop(L) === 0) {
      return new ReplyError('ERR Please specify at least one argument for this redis lib call');
    }
    if (name === undefined) {
      return new ReplyError('ERR Lua redis lib command arguments must be strings or integers');
    }
    return host()?.call(name, args) ?? null;
  }

  function singleString(L: LuaState): Bytes | undefined {
    const isString = lua.lua_gettop(L) === 1 && lua.lua_type(L, 1) === LuaType.string;
    if (!isString) stack.pushRecord(L, 'err', 'ERR wrong number or type of arguments');
    return isString ? stack.toBytes(L, 1) : undefined;
  }

  /** Raises an error without the script position. */
  function raiseRecord(L: LuaState, message: string): never {
    stack.pushRecord(L, 'err', message);
    return lua.lua_error(L);
  }

  return {
    call: (L) => {
      const answer = callCommand(L);
      pushAnswer(stack, L, answer);
      return answer instanceof ReplyError ? lua.lua_error(L) : 1;
    },
    pcall: (L) => {
      pushAnswer(stack, L, callCommand(L));
      return 1;
    },
    error_reply: (L) => {
      const text = singleString(L);
      if (text !== undefined) stack.pushRecord(L, 'err', withCode(text.replace(/^-/, '')));
      return 1;
    },
    status_reply: (L) => {
      const text = singleString(L);
      if (text !== undefined) stack.pushRecord(L, 'ok', text);
      return 1;
    },
    sha1hex: (L) => {
      if (lua.lua_gettop(L) !== 1) return raiseRecord(L, 'ERR wrong number of arguments');
      const digest = createHash('sha1').update(stack.toBytes(L, 1), 'latin1').digest('hex');
      stack.pushBytes(L, digest);
      return 1;
    },
    log: (L) => {
      if (lua.lua_gettop(L) < 2) return raiseRecord(L, 'ERR redis.log() requires two arguments or more.');
      if (lua.lua_isnumber(L, 1) === 0) return raiseRecord(L, 'ERR First argument must be a number (log level).');
      const level = Math.trunc(lua.lua_tonumber(L, 1));
      return level >= debugLevel && level <= warningLevel ? 0 : raiseRecord(L, 'ERR Invalid debug level.');
    },
    LOG_DEBUG: debugLevel,
    LOG_VERBOSE: 1,
    LOG_NOTICE: 2,
    LOG_WARNING: warningLevel,
    replicate_commands: (L) => {
      lua.lua_pushboolean(L, 1);
      return 1;
    },
    set_repl: (L) => {
      if (lua.lua_gettop(L) !== 1) return raiseRecord(L, 'ERR redis.set_repl() requires two arguments.');
      const isKnown = (lua.lua_tonumber(L, 1) & ~replicateToAll) === 0;
      return isKnown ? 0 : raiseRecord(L, unknownReplicationMessage);
    },
    debug: () => 0,
    breakpoint: (L) => {
      lua.lua_pushboolean(L, 0);
      return 1;
    },
    REPL_NONE: 0,
    REPL_AOF: 1,
    REPL_SLAVE: 2,
    REPL_REPLICA: 2,
    REPL_ALL: replicateToAll,
    setresp: (L) => {
      if (lua.lua_gettop(L) !== 1) return raiseRecord(L, 'ERR redis.setresp() requires one argument.');
      const version = lua.lua_tonumber(L, 1);
      if (version === 3) return raiseRecord(L, 'ERR The embedded engine answers scripts in RESP2 only.');
      if (version !== 2) return raiseRecord(L, 'ERR RESP version must be 2 or 3.');
      return 0;
    },
    REDIS_VERSION: redisVersion,
    REDIS_VERSION_NUM: redisVersionNumber,
  };
}

/** The arguments of a call; `undefined` if one is neither a string nor a number. */
function readWords(stack: LuaStack, L: LuaState): Bytes[] | undefined {
  const { lua } = stack;
  const words: Bytes[] = [];
  for (let index = 1; index <= lua.lua_gettop(L); index++) {
    const type = lua.lua_type(L, index);
    if (type === LuaType.number) words.push(formatDouble(lua.lua_tonumber(L, index)));
    else if (type === LuaType.string) words.push(stack.toBytes(L, index));
    else return undefined;
  }
  return words;
}

/** Adds an error code to a message that has none. */
function withCode(text: Bytes): Bytes {
  return text.includes(' ') ? text : `ERR ${text}`;
}
