import { int64, pairs, randomCount } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { narrow } from '../protocol/numbers.js';
import { type Answer, ok, ReplyError, syntaxError, wrongArity } from '../protocol/reply.js';
import { HashValue } from '../values/hash.js';
import { addFloats, addInt64, longDouble } from './counters.js';
import { pickRandom } from './random.js';
import { scanCollection } from './scan.js';

function writeFields({ db }: Client, key: Bytes, words: readonly Bytes[], command: string): number {
  if (words.length % 2 === 1) throw wrongArity(command);
  const hash = db.readOrCreate(key, HashValue);
  let added = 0;
  for (const [field, value] of pairs(words)) added += Number(hash.set(field, value));
  db.changed(key);
  return added;
}

/** The field keeps its expiry. */
function updateField({ db }: Client, key: Bytes, field: Bytes, value: Bytes): void {
  db.readOrCreate(key, HashValue).update(field, value);
  db.changed(key);
}

function setIfAbsent(client: Client, [key = '', field = '', value = '']: readonly Bytes[]): number {
  if (client.db.read(key, HashValue)?.has(field)) return 0;
  return writeFields(client, key, [field, value], 'hsetnx');
}

function get({ db }: Client, [key = '', field = '']: readonly Bytes[]): Answer {
  return db.read(key, HashValue)?.get(field) ?? null;
}

function getMany({ db }: Client, [key = '', ...fields]: readonly Bytes[]): Answer {
  const hash = db.read(key, HashValue);
  return fields.map((field) => hash?.get(field) ?? null);
}

/** Lists all fields and values as `render` returns them. */
function listAll(render: (field: Bytes, value: Bytes) => readonly Bytes[]): Run {
  return ({ db }, [key = '']) => {
    const entries = db.read(key, HashValue)?.entries() ?? [];
    return Array.from(entries, ([field, value]) => render(field, value)).flat();
  };
}

function exists({ db }: Client, [key = '', field = '']: readonly Bytes[]): number {
  return Number(db.read(key, HashValue)?.has(field) ?? false);
}

function deleteFields({ db }: Client, [key = '', ...fields]: readonly Bytes[]): number {
  const hash = db.read(key, HashValue);
  if (!hash) return 0;
  const deleted = fields.filter((field) => hash.delete(field)).length;
  if (deleted > 0) db.changedOrEmpty(key, hash.size);
  return deleted;
}

function length({ db }: Client, [key = '']: readonly Bytes[]): number {
  return db.read(key, HashValue)?.size ?? 0;
}

function valueLength({ db }: Client, [key = '', field = '']: readonly Bytes[]): number {
  return db.read(key, HashValue)?.get(field)?.length ?? 0;
}

function incrementBy(client: Client, [key = '', field = '', argument = '']: readonly Bytes[]): Answer {
  const amount = int64(argument);
  const value = client.db.read(key, HashValue)?.get(field) ?? '0';
  const sum = addInt64(int64(value, 'ERR hash value is not an integer'), amount);
  updateField(client, key, field, String(sum));
  return narrow(sum);
}

function incrementByFloat(client: Client, [key = '', field = '', argument = '']: readonly Bytes[]): Answer {
  const amount = longDouble(argument, 'ERR value is not a valid float');
  if (amount === 'infinite') throw new ReplyError('ERR value is NaN or Infinity');
  const value = client.db.read(key, HashValue)?.get(field) ?? '0';
  const sum = addFloats(longDouble(value, 'ERR hash value is not a float'), amount);
  updateField(client, key, field, sum);
  return sum;
}

function randomFields({ db }: Client, [key = '', argument, ...words]: readonly Bytes[]): Answer {
  if (argument === undefined) return db.read(key, HashValue)?.randomKey() ?? null;
  const count = randomCount(argument);
  const isPaired = words.length === 1 && words[0]?.toUpperCase() === 'WITHVALUES';
  if (words.length > 0 && !isPaired) throw syntaxError();
  if (isPaired && (count < -(2 ** 62) || count > 2 ** 62)) throw new ReplyError('ERR value is out of range');
  const hash = db.read(key, HashValue);
  const fields = hash ? pickRandom(hash, count) : [];
  return isPaired ? fields.flatMap((field) => [field, hash?.get(field) ?? '']) : fields;
}

export const hashCommands: CommandTable = {
  HSET: {
    arity: -4,
    isWrite: true,
    run: (client, [key = '', ...words]) => writeFields(client, key, words, 'hset'),
  },
  HMSET: {
    arity: -4,
    isWrite: true,
    run: (client, [key = '', ...words]) => {
      writeFields(client, key, words, 'hmset');
      return ok;
    },
  },
  HSETNX: { arity: 4, isWrite: true, run: setIfAbsent },
  HGET: { arity: 3, run: get },
  HMGET: { arity: -3, run: getMany },
  HGETALL: { arity: 2, run: listAll((field, value) => [field, value]) },
  HKEYS: { arity: 2, run: listAll((field) => [field]) },
  HVALS: { arity: 2, run: listAll((_field, value) => [value]) },
  HEXISTS: { arity: 3, run: exists },
  HDEL: { arity: -3, isWrite: true, run: deleteFields },
  HLEN: { arity: 2, run: length },
  HSTRLEN: { arity: 3, run: valueLength },
  HINCRBY: { arity: 4, isWrite: true, run: incrementBy },
  HINCRBYFLOAT: { arity: 4, isWrite: true, run: incrementByFloat },
  HRANDFIELD: { arity: -2, run: randomFields },
  HSCAN: {
    arity: -3,
    run: scanCollection(
      (db, key) => db.read(key, HashValue),
      (field, value) => [field, value],
      'NOVALUES',
    ),
  },
};
