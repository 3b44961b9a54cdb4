import { integer } from '../arguments.js';
import type { Bytes } from '../bytes.js';
import { type Call, Client } from '../client.js';
import type { CommandTable } from '../command.js';
import { carryOutNow, resolve } from '../dispatcher.js';
import type { ScriptHost } from '../lua/redis-library.js';
import { type Answer, attempt, OK, ReplyError } from '../reply.js';

/** Commands of Redis that the engine lacks, and that no script may call. */
const NEVER_IN_SCRIPTS: ReadonlySet<string> = new Set([
  'ACL', 'AUTH', 'BGREWRITEAOF', 'BGSAVE', 'DEBUG', 'FAILOVER', 'FCALL', 'FCALL_RO', 'FUNCTION', 'HELLO', 'LATENCY',
  'MODULE', 'MONITOR', 'PSYNC', 'REPLCONF', 'REPLICAOF', 'SAVE', 'SHUTDOWN', 'SLAVEOF', 'SSUBSCRIBE', 'SUNSUBSCRIBE',
  'SYNC',
]); // prettier-ignore

const NOT_ALLOWED = 'ERR This Redis command is not allowed from script';

function hostFor(caller: Client, isReadOnly: boolean): ScriptHost {
  const client = new Client(caller.engine, caller.id);
  client.db = caller.db;
  return {
    call(name, args) {
      const call = resolveForScript(name, args);
      if (call instanceof ReplyError) return call;
      if (call.command.noScript) return new ReplyError(NOT_ALLOWED);
      client.scriptCalls = name;
      if (isReadOnly && call.command.isWrite) {
        return new ReplyError('ERR Write commands are not allowed from read-only scripts.');
      }
      return carryOutNow(client, call);
    },
  };
}

function resolveForScript(name: Bytes, args: readonly Bytes[]): Call | ReplyError {
  const call = attempt(() => resolve(name, args));
  if (!(call instanceof ReplyError)) return call;
  if (NEVER_IN_SCRIPTS.has(name.toUpperCase())) return new ReplyError(NOT_ALLOWED);
  const isArity = call.message.startsWith('ERR wrong number of arguments');
  return new ReplyError(
    isArity
      ? 'ERR Wrong number of args calling Redis command from script'
      : 'ERR Unknown Redis command called from script',
  );
}

function run(client: Client, sha: string, [count = '', ...words]: readonly Bytes[], isReadOnly: boolean): Answer {
  const keyCount = countKeys(count, words.length);
  const [keys, args] = [words.slice(0, keyCount), words.slice(keyCount)];
  const { scripts } = client.engine;
  const shebang = scripts.shebangOf(sha);
  if (isReadOnly && shebang && shebang.line !== '' && !shebang.isReadOnly) {
    throw new ReplyError('ERR Can not execute a script with write flag using *_ro command.');
  }
  return scripts.run(sha, keys, args, hostFor(client, isReadOnly || shebang?.isReadOnly === true));
}

function countKeys(argument: Bytes, available: number): number {
  const count = integer(argument);
  if (count > available) throw new ReplyError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new ReplyError("ERR Number of keys can't be negative");
  return count;
}

const evaluate =
  (isReadOnly: boolean) =>
  (client: Client, [source = '', ...words]: readonly Bytes[]): Answer => {
    countKeys(words[0] ?? '', words.length - 1);
    return run(client, client.engine.scripts.add(source), words, isReadOnly);
  };

const evaluateBySha =
  (isReadOnly: boolean) =>
  (client: Client, [sha = '', ...words]: readonly Bytes[]): Answer => {
    countKeys(words[0] ?? '', words.length - 1);
    return run(client, sha.toLowerCase(), words, isReadOnly);
  };

function flush({ engine }: Client, words: readonly Bytes[]): Answer {
  const isKnown = words.length === 0 || (words.length === 1 && /^a?sync$/i.test(words[0] ?? ''));
  if (!isKnown) throw new ReplyError('ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  engine.scripts.clear();
  return OK;
}

function kill(): never {
  throw new ReplyError('NOTBUSY No scripts in execution right now.');
}

export const scriptingCommands: CommandTable = {
  EVAL: { arity: -3, noScript: true, isWrite: true, needsLua: true, run: evaluate(false) },
  EVAL_RO: { arity: -3, noScript: true, needsLua: true, run: evaluate(true) },
  EVALSHA: { arity: -3, noScript: true, isWrite: true, needsLua: true, run: evaluateBySha(false) },
  EVALSHA_RO: { arity: -3, noScript: true, needsLua: true, run: evaluateBySha(true) },
  SCRIPT: {
    subcommands: {
      LOAD: {
        arity: 3,
        noScript: true,
        needsLua: true,
        run: ({ engine }, [source = '']) => engine.scripts.add(source),
      },
      EXISTS: {
        arity: -3,
        noScript: true,
        run: ({ engine }, shas) => shas.map((sha) => Number(engine.scripts.has(sha.toLowerCase()))),
      },
      FLUSH: { arity: -2, noScript: true, run: flush },
      KILL: { arity: 2, noScript: true, run: kill },
    },
  },
};
