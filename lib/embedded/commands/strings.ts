import { constants } from 'node:buffer';
import { integer, Options, pairs } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { type Answer, ok, ReplyError, syntaxError, wrongArity } from '../protocol/reply.js';
import { type Comparison, holds, isComparison } from './comparisons.js';
import { expiryOptions, type ExpiryUnit, expiryOption } from './expiry.js';

/** Redis' proto-max-bulk-len, capped at Node.js' longest string. */
export const maxStringLength = Math.min(512 * 1024 * 1024, constants.MAX_STRING_LENGTH);

interface SetOptions {
  condition?: 'NX' | 'XX';
  comparison?: Comparison;
  get?: boolean;
  /** What happens to the expiry: one of EX, PX, EXAT, PXAT, KEEPTTL and PERSIST, which may be repeated. */
  lifetime?: string;
  expiry?: { readonly unit: ExpiryUnit; readonly value: Bytes };
}

/** The options of SET (NX, XX, IFEQ and its kind, GET, KEEPTTL) or GETEX (PERSIST), and the expiries of both. */
function readOptions(words: readonly Bytes[], command: 'SET' | 'GETEX'): SetOptions {
  const found: SetOptions = {};
  const options = new Options(words);
  const keeping = command === 'SET' ? 'KEEPTTL' : 'PERSIST';
  for (let option = options.next(); option !== undefined; option = options.next()) {
    const unit = expiryOptions[option];
    if ((unit || option === keeping) && (found.lifetime ?? option) === option) {
      found.lifetime = option;
      if (unit) found.expiry = { unit, value: options.value() };
    } else if (command === 'SET' && option === 'GET') {
      found.get = true;
    } else if (command === 'SET' && (option === 'NX' || option === 'XX') && (found.condition ?? option) === option) {
      found.condition = option;
    } else if (command === 'SET' && isComparison(option) && !found.condition && isSameOrFirst(found, option)) {
      found.comparison = { name: option, operand: options.value() };
    } else throw syntaxError();
  }
  return found;
}

function isSameOrFirst({ comparison }: SetOptions, name: string): boolean {
  return !comparison || comparison.name === name;
}

function set({ db, engine }: Client, [key = '', value = '', ...words]: readonly Bytes[]): Answer {
  if (words.length === 0) {
    db.put(key, value);
    return ok;
  }
  const { condition, comparison, get, lifetime, expiry } = readOptions(words, 'SET');
  const expiresAt = expiry && expiryOption(expiry.value, expiry.unit, engine.now, 'set');
  const old = get ? (db.readString(key) ?? null) : undefined;
  const isRefused = condition !== undefined && db.has(key) !== (condition === 'XX');
  if (isRefused || (comparison && !holds(comparison, db.readString(key)))) return old ?? null;
  db.put(key, value, { keepTtl: lifetime === 'KEEPTTL', expiresAt });
  return old === undefined ? ok : old;
}

function setWithExpiry(command: string, unit: ExpiryUnit): Run {
  return ({ db, engine }, [key = '', time = '', value = '']) => {
    db.put(key, value, { expiresAt: expiryOption(time, unit, engine.now, command) });
    return ok;
  };
}

function setIfAbsent({ db }: Client, [key = '', value = '']: readonly Bytes[]): number {
  if (db.has(key)) return 0;
  db.put(key, value);
  return 1;
}

function getValue({ db }: Client, [key = '']: readonly Bytes[]): Answer {
  return db.readString(key) ?? null;
}

function getAndSet({ db }: Client, [key = '', value = '']: readonly Bytes[]): Answer {
  const old = db.readString(key) ?? null;
  db.put(key, value);
  return old;
}

function getAndDelete({ db }: Client, [key = '']: readonly Bytes[]): Answer {
  const old = db.readString(key) ?? null;
  db.remove(key);
  return old;
}

function getAndExpire({ db, engine }: Client, [key = '', ...words]: readonly Bytes[]): Answer {
  const { expiry, lifetime } = readOptions(words, 'GETEX');
  const value = db.readString(key);
  if (value === undefined) return null;
  if (expiry) db.expireAt(key, expiryOption(expiry.value, expiry.unit, engine.now, 'getex'));
  else if (lifetime) db.expireAt(key, Infinity);
  return value;
}

function getMany({ db }: Client, keys: readonly Bytes[]): Answer {
  return keys.map((key) => {
    const value = db.get(key);
    return typeof value === 'string' ? value : null;
  });
}

function setMany({ db }: Client, words: readonly Bytes[]): Answer {
  if (words.length % 2 === 1) throw wrongArity('mset');
  for (const [key, value] of pairs(words)) db.put(key, value);
  return ok;
}

function setManyIfAbsent({ db }: Client, words: readonly Bytes[]): number {
  if (words.length % 2 === 1) throw wrongArity('msetnx');
  for (const [key] of pairs(words)) {
    if (db.has(key)) return 0;
  }
  for (const [key, value] of pairs(words)) db.put(key, value);
  return 1;
}

function checkLength(length: number): void {
  if (length > maxStringLength) throw new ReplyError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
}

function append({ db }: Client, [key = '', suffix = '']: readonly Bytes[]): number {
  const value = db.readString(key) ?? '';
  checkLength(value.length + suffix.length);
  db.put(key, value + suffix, { keepTtl: true });
  return value.length + suffix.length;
}

function valueLength({ db }: Client, [key = '']: readonly Bytes[]): number {
  return db.readString(key)?.length ?? 0;
}

function getRange({ db }: Client, [key = '', from = '', to = '']: readonly Bytes[]): Answer {
  const [start, end] = [integer(from), integer(to)];
  const value = db.readString(key) ?? '';
  if (start < 0 && end < 0 && start > end) return '';
  const first = Math.max(0, start < 0 ? value.length + start : start);
  const last = Math.max(0, end < 0 ? value.length + end : end);
  return value.slice(first, last + 1);
}

function setRange({ db }: Client, [key = '', position = '', patch = '']: readonly Bytes[]): number {
  const offset = integer(position);
  if (offset < 0) throw new ReplyError('ERR offset is out of range');
  const value = db.readString(key) ?? '';
  if (patch === '') return value.length;
  checkLength(offset + patch.length);
  const head = value.slice(0, offset).padEnd(offset, '\0');
  const patched = head + patch + value.slice(offset + patch.length);
  db.put(key, patched, { keepTtl: true });
  return patched.length;
}

export const stringCommands: CommandTable = {
  SET: { arity: -3, isWrite: true, run: set },
  SETNX: { arity: 3, isWrite: true, run: setIfAbsent },
  SETEX: { arity: 4, isWrite: true, run: setWithExpiry('setex', { isSeconds: true, isAbsolute: false }) },
  PSETEX: { arity: 4, isWrite: true, run: setWithExpiry('psetex', { isSeconds: false, isAbsolute: false }) },
  GET: { arity: 2, run: getValue },
  GETSET: { arity: 3, isWrite: true, run: getAndSet },
  GETDEL: { arity: 2, isWrite: true, run: getAndDelete },
  GETEX: { arity: -2, isWrite: true, run: getAndExpire },
  MGET: { arity: -2, run: getMany },
  MSET: { arity: -3, isWrite: true, run: setMany },
  MSETNX: { arity: -3, isWrite: true, run: setManyIfAbsent },
  APPEND: { arity: 3, isWrite: true, run: append },
  STRLEN: { arity: 2, run: valueLength },
  GETRANGE: { arity: 4, run: getRange },
  SUBSTR: { arity: 4, run: getRange },
  SETRANGE: { arity: 4, isWrite: true, run: setRange },
};
