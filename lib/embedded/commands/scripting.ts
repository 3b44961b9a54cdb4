import { integer } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import { carryOutNow } from '../engine/carry-out.js';
import { Client } from '../engine/client.js';
import type { Call, CommandTable, Run } from '../engine/command.js';
import type { ScriptHost } from '../lua/redis-library.js';
import { type Answer, attempt, ok, ReplyError } from '../protocol/reply.js';

/** Commands that no script may call and that the engine lacks. */
const neverInScripts: ReadonlySet<string> = new Set([
  'ACL', 'AUTH', 'BGREWRITEAOF', 'BGSAVE', 'DEBUG', 'FAILOVER', 'FCALL', 'FCALL_RO', 'FUNCTION', 'HELLO', 'LATENCY',
  'MODULE', 'MONITOR', 'PSYNC', 'REPLCONF', 'REPLICAOF', 'SAVE', 'SHUTDOWN', 'SLAVEOF', 'SYNC',
]); // prettier-ignore

const notAllowedMessage = 'ERR This Redis command is not allowed from script';

/** Finds a command and checks its arguments; throws a ReplyError. */
type Resolve = (name: Bytes, args: readonly Bytes[]) => Call;

function hostFor(caller: Client, resolve: Resolve, isReadOnly: boolean): ScriptHost {
  const client = new Client(caller.engine, caller.clients, caller.id);
  client.db = caller.db;
  return {
    call(name, args) {
      const call = resolveForScript(resolve, name, args);
      if (call instanceof ReplyError) return call;
      if (call.command.noScript) return new ReplyError(notAllowedMessage);
      client.scriptCalls = name;
      if (isReadOnly && call.command.isWrite) {
        return new ReplyError('ERR Write commands are not allowed from read-only scripts.');
      }
      return carryOutNow(client, call);
    },
  };
}

function resolveForScript(resolve: Resolve, name: Bytes, args: readonly Bytes[]): Call | ReplyError {
  const call = attempt(() => resolve(name, args));
  if (!(call instanceof ReplyError)) return call;
  if (neverInScripts.has(name.toUpperCase())) return new ReplyError(notAllowedMessage);
  const isArity = call.message.startsWith('ERR wrong number of arguments');
  return new ReplyError(
    isArity
      ? 'ERR Wrong number of args calling Redis command from script'
      : 'ERR Unknown Redis command called from script',
  );
}

function countKeys(argument: Bytes, available: number): number {
  const count = integer(argument);
  if (count > available) throw new ReplyError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new ReplyError("ERR Number of keys can't be negative");
  return count;
}

/** EVAL and its variants; `shaOf` finds the script that the first argument names. */
function evaluation(resolve: Resolve, isReadOnly: boolean, shaOf: (client: Client, script: Bytes) => string): Run {
  return (client, [script = '', count = '', ...words]) => {
    const keyCount = countKeys(count, words.length);
    const sha = shaOf(client, script);
    const { scripts } = client.engine;
    const shebang = scripts.shebangOf(sha);
    if (isReadOnly && shebang && shebang.line !== '' && !shebang.isReadOnly) {
      throw new ReplyError('ERR Can not execute a script with write flag using *_ro command.');
    }
    const host = hostFor(client, resolve, isReadOnly || shebang?.isReadOnly === true);
    return scripts.run(sha, words.slice(0, keyCount), words.slice(keyCount), host);
  };
}

const bySource = ({ engine }: Client, source: Bytes) => engine.scripts.add(source);
const bySha = (_client: Client, sha: Bytes) => sha.toLowerCase();

function flush({ engine }: Client, words: readonly Bytes[]): Answer {
  const isKnown = words.length === 0 || (words.length === 1 && /^a?sync$/i.test(words[0] ?? ''));
  if (!isKnown) throw new ReplyError('ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  engine.scripts.clear();
  return ok;
}

function kill(): never {
  throw new ReplyError('NOTBUSY No scripts in execution right now.');
}

/** The scripting commands; `resolve` finds the commands that scripts call. */
export const scriptingCommands = (resolve: Resolve): CommandTable => ({
  EVAL: { arity: -3, noScript: true, isWrite: true, needsLua: true, run: evaluation(resolve, false, bySource) },
  EVAL_RO: { arity: -3, noScript: true, needsLua: true, run: evaluation(resolve, true, bySource) },
  EVALSHA: { arity: -3, noScript: true, isWrite: true, needsLua: true, run: evaluation(resolve, false, bySha) },
  EVALSHA_RO: { arity: -3, noScript: true, needsLua: true, run: evaluation(resolve, true, bySha) },
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
});
