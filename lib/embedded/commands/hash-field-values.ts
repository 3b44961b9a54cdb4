import { pairs } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import { type Answer, ReplyError, wrongArity } from '../protocol/reply.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { HashValue } from '../values/hash.js';
import { expiryOptions } from './expiry.js';
import { fieldNames, readFieldOptions, readFields } from './field-arguments.js';
import { expireField, fieldExpiryTime } from './hash-expiry.js';

interface Lifetime {
  /** EX, PX, EXAT, PXAT, or the option that is none of them. */
  readonly option: string;
  readonly expiresAt?: number;
}

interface FieldOptions {
  readonly lifetime?: Lifetime;
  readonly condition?: string;
  readonly words: readonly Bytes[];
}

/** The options of HSETEX (KEEPTTL, FNX, FXX) or HGETEX (PERSIST), and the expiries of both. */
function readOptions(words: readonly Bytes[], command: 'hsetex' | 'hgetex', now: number): FieldOptions {
  const [other, width] = command === 'hsetex' ? (['KEEPTTL', 2] as const) : (['PERSIST', 1] as const);
  let lifetime: Lifetime | undefined;
  let condition: string | undefined;
  const fields = readFieldOptions(words, {
    width,
    invalidCount: 'ERR invalid number of fields',
    fewest: 1,
    tooFew: () => wrongArity(command),
    option: (name, options) => {
      const unit = expiryOptions[name];
      if (unit ?? name === other) {
        if (lifetime) {
          throw new ReplyError(`ERR Only one of EX, PX, EXAT, PXAT or ${other} arguments can be specified`);
        }
        if (unit && options.remaining === 0) throw new ReplyError('ERR missing expire time');
        lifetime = unit
          ? { option: name, expiresAt: fieldExpiryTime(options.value(), unit, now, command) }
          : { option: name };
        return true;
      }
      if (command === 'hgetex' || (name !== 'FNX' && name !== 'FXX')) return false;
      if (condition) throw new ReplyError('ERR Only one of FXX or FNX arguments can be specified');
      condition = name;
      return true;
    },
  });
  return { lifetime, condition, words: fields };
}

function setFields({ db, engine: { now } }: Client, [key = '', ...args]: readonly Bytes[]): number {
  const { lifetime, condition, words } = readOptions(args, 'hsetex', now);
  const current = db.read(key, HashValue);
  if (condition) {
    const isRefused = fieldNames(words).some((field) => (current?.has(field) ?? false) !== (condition === 'FXX'));
    if (isRefused) return 0;
  }
  const expiresAt = lifetime?.expiresAt ?? Infinity;
  if (!current && expiresAt <= now) return 1;
  const hash = current ?? db.readOrCreate(key, HashValue);
  for (const [field, value] of pairs(words)) {
    if (lifetime?.option === 'KEEPTTL') hash.update(field, value);
    else hash.set(field, value);
    if (lifetime?.expiresAt !== undefined) expireField(hash, field, expiresAt, now);
  }
  db.changedOrEmpty(key, hash.size);
  return 1;
}

function getAndExpire({ db, engine: { now } }: Client, [key = '', ...args]: readonly Bytes[]): Answer {
  const hash = db.read(key, HashValue);
  const { lifetime, words } = readOptions(args, 'hgetex', now);
  if (!hash) return words.map(() => null);
  // Field by field: one that is named twice is gone at its second turn when its time is in the past.
  const values = words.map((field) => {
    const value = hash.get(field);
    if (value !== undefined && lifetime) expireField(hash, field, lifetime.expiresAt ?? Infinity, now);
    return value ?? null;
  });
  if (lifetime) db.changedOrEmpty(key, hash.size);
  return values;
}

function getAndDelete({ db }: Client, [key = '', ...args]: readonly Bytes[]): Answer {
  const hash = db.read(key, HashValue);
  const values = readFields(args).map((field) => {
    const value = hash?.get(field);
    hash?.delete(field);
    return value ?? null;
  });
  if (hash && values.some((value) => value !== null)) db.changedOrEmpty(key, hash.size);
  return values;
}

export const hashFieldCommands: CommandTable = {
  HSETEX: { arity: -6, isWrite: true, run: setFields },
  HGETEX: { arity: -5, isWrite: true, run: getAndExpire },
  HGETDEL: { arity: -5, isWrite: true, run: getAndDelete },
};
