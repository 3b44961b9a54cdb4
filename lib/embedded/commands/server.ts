import { integer } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { type Answer, ok, ReplyError, Status, syntaxError, wrongArity } from '../protocol/reply.js';
import { info } from './info.js';
import { databaseFrom } from './keys.js';
import { patternMatcher } from './scan.js';

function ping(client: Client, args: readonly Bytes[]): Answer {
  if (args.length > 1) throw wrongArity('ping');
  if (client.isSubscriber) return ['pong', args[0] ?? ''];
  return args[0] ?? new Status('PONG');
}

/** The clock has no microseconds. They count the commands of the same millisecond, so later commands get later times. */
function time({ engine: { now, sameMoment } }: Client): Answer {
  return [String(Math.floor(now / 1000)), String((now % 1000) * 1000 + Math.min(sameMoment, 999))];
}

function select(client: Client, [index = '']: readonly Bytes[]): Answer {
  client.db = databaseFrom(client, index);
  return ok;
}

function checkFlushOptions(words: readonly Bytes[]): void {
  const isKnown = words.length === 0 || (words.length === 1 && /^(?:A?SYNC)$/i.test(words[0] ?? ''));
  if (!isKnown) throw syntaxError();
}

function flushDatabase({ db }: Client, words: readonly Bytes[]): Answer {
  checkFlushOptions(words);
  db.clear();
  return ok;
}

function flushAll({ engine }: Client, words: readonly Bytes[]): Answer {
  checkFlushOptions(words);
  for (const db of engine.databases) db.clear();
  return ok;
}

function memoryUsage({ db }: Client, [key = '', ...words]: readonly Bytes[]): Answer {
  if (words.length > 0) {
    if (words.length !== 2 || words[0]?.toUpperCase() !== 'SAMPLES') throw syntaxError();
    if (integer(words[1] ?? '') < 0) throw syntaxError();
  }
  return db.inspect(key)?.bytes ?? null;
}

function wait(_client: Client, [replicas = '', timeout = '']: readonly Bytes[]): number {
  integer(replicas);
  if (integer(timeout, 'ERR timeout is not an integer or out of range') < 0) {
    throw new ReplyError('ERR timeout is negative');
  }
  return 0;
}

function getConfig({ engine }: Client, patterns: readonly Bytes[]): Answer {
  const { maxBytes, policy, isLimited } = engine.eviction.limits;
  const settings = {
    databases: String(engine.databases.length),
    maxmemory: maxBytes === Infinity ? '0' : String(maxBytes),
    'maxmemory-policy': isLimited ? `allkeys-${policy}` : 'noeviction',
    save: '',
    appendonly: 'no',
    timeout: '0',
    'notify-keyspace-events': '',
  };
  const matchers = patterns.map((pattern) => patternMatcher(pattern.toLowerCase()));
  return Object.entries(settings)
    .filter(([name]) => matchers.some((matches) => matches(name)))
    .flat();
}

export const serverCommands: CommandTable = {
  PING: { arity: -1, forSubscriber: true, run: ping },
  ECHO: { arity: 2, run: (_client, [message = '']) => message },
  TIME: { arity: 1, run: time },
  SELECT: { arity: 2, run: select },
  DBSIZE: { arity: 1, run: ({ db }) => db.size },
  FLUSHDB: { arity: -1, isWrite: true, run: flushDatabase },
  FLUSHALL: { arity: -1, isWrite: true, run: flushAll },
  INFO: { arity: -1, run: info },
  WAIT: { arity: 3, noScript: true, run: wait },
  ROLE: { arity: 1, noScript: true, run: () => ['master', 0, []] },
  MEMORY: { subcommands: { USAGE: { arity: -3, run: memoryUsage } } },
  CONFIG: {
    subcommands: {
      GET: { arity: -3, noScript: true, run: getConfig },
      RESETSTAT: { arity: 2, noScript: true, run: () => ok },
    },
  },
};
