import { integer, integerWithin, int64, Options } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import type { Database } from '../database/database.js';
import { dumpValue, restoreValue } from '../values/dump.js';
import { type Answer, noSuchKey, ok, ReplyError, Status, syntaxError } from '../protocol/reply.js';
import { typeOf } from '../values/value.js';

const maxInt32 = 2n ** 31n - 1n;

function remove({ db }: Client, keys: readonly Bytes[]): number {
  return keys.filter((key) => db.remove(key)).length;
}

function exists({ db }: Client, keys: readonly Bytes[]): number {
  return keys.filter((key) => db.get(key) !== undefined).length;
}

function type({ db }: Client, [key = '']: readonly Bytes[]): Answer {
  const value = db.get(key);
  return new Status(value === undefined ? 'none' : typeOf(value));
}

/** Moves value and expiry to another name. */
function move(from: Database, source: Bytes, to: Database, target: Bytes): void {
  const value = from.get(source);
  const expiresAt = from.expiresAt(source);
  if (value === undefined) throw noSuchKey();
  from.remove(source);
  to.remove(target);
  to.put(target, value, { expiresAt });
}

function rename({ db }: Client, [source = '', target = '']: readonly Bytes[]): Answer {
  if (!db.has(source)) throw noSuchKey();
  if (source !== target) move(db, source, db, target);
  return ok;
}

function renameIfAbsent({ db }: Client, [source = '', target = '']: readonly Bytes[]): number {
  if (!db.has(source)) throw noSuchKey();
  if (source === target || db.has(target)) return 0;
  move(db, source, db, target);
  return 1;
}

/** The numbered database that an argument names. */
export function databaseFrom({ engine }: Client, argument: Bytes): Database {
  const index = integerWithin(argument, -maxInt32 - 1n, maxInt32);
  const database = engine.databases[index];
  if (!database) throw new ReplyError('ERR DB index is out of range');
  return database;
}

function moveToDatabase(client: Client, [key = '', index = '']: readonly Bytes[]): number {
  const target = databaseFrom(client, index);
  if (target === client.db) throw new ReplyError('ERR source and destination objects are the same');
  if (!client.db.has(key) || target.has(key)) return 0;
  move(client.db, key, target, key);
  return 1;
}

function copy(client: Client, [source = '', target = '', ...words]: readonly Bytes[]): number {
  const { db } = client;
  let to = db;
  let replaces = false;
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'REPLACE') replaces = true;
    else if (option === 'DB' && options.remaining > 0) to = databaseFrom(client, options.value());
    else throw syntaxError();
  }
  if (to === db && source === target) throw new ReplyError('ERR source and destination objects are the same');
  const value = db.get(source);
  if (value === undefined || (to.has(target) && !replaces)) return 0;
  to.remove(target);
  to.put(target, restoreValue(dumpValue(value)), { expiresAt: db.expiresAt(source) });
  return 1;
}

function randomKey({ db }: Client): Answer {
  return db.randomKey() ?? null;
}

function dump({ db }: Client, [key = '']: readonly Bytes[]): Answer {
  const value = db.get(key);
  return value === undefined ? null : dumpValue(value);
}

function restore({ db, engine }: Client, [key = '', time = '', payload = '', ...words]: readonly Bytes[]): Answer {
  let [replaces, isAbsolute] = [false, false];
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'REPLACE') replaces = true;
    else if (option === 'ABSTTL') isAbsolute = true;
    else if (option !== 'IDLETIME' && option !== 'FREQ') throw syntaxError();
    else if (int64(options.value()) < 0n) throw new ReplyError(`ERR Invalid ${option} value, must be >= 0`);
  }
  if (!replaces && db.has(key)) throw new ReplyError('BUSYKEY Target key name already exists.');
  const ttl = integer(time);
  if (ttl < 0) throw new ReplyError('ERR Invalid TTL value, must be >= 0');
  const value = restoreValue(payload);
  db.remove(key);
  db.put(key, value);
  if (ttl > 0) db.expireAt(key, isAbsolute ? ttl : engine.now + ttl);
  return ok;
}

export const keyCommands: CommandTable = {
  DEL: { arity: -2, isWrite: true, run: remove },
  UNLINK: { arity: -2, isWrite: true, run: remove },
  EXISTS: { arity: -2, run: exists },
  TOUCH: { arity: -2, run: exists },
  TYPE: { arity: 2, run: type },
  RENAME: { arity: 3, isWrite: true, run: rename },
  RENAMENX: { arity: 3, isWrite: true, run: renameIfAbsent },
  MOVE: { arity: 3, isWrite: true, run: moveToDatabase },
  COPY: { arity: -3, isWrite: true, run: copy },
  RANDOMKEY: { arity: 1, run: randomKey },
  DUMP: { arity: 2, run: dump },
  RESTORE: { arity: -4, isWrite: true, run: restore },
};
