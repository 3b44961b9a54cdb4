import { integer } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import { type Answer, ReplyError } from '../protocol/reply.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { HashValue } from '../values/hash.js';
import { type ExpiryUnit, invalidExpireTime, isExpiryAllowed } from './expiry.js';
import { readFieldOptions, readFields } from './field-arguments.js';

/** Redis keeps the expiries of fields in 46 bits. */
const maxTime = 2 ** 46 - 1;

const noField = -2;
const noExpiry = -1;
const conditionFailed = 0;
const done = 1;
const deleted = 2;

/** The Unix time in milliseconds that an argument stands for, from 0 on. */
export function fieldExpiryTime(argument: Bytes, unit: ExpiryUnit, now: number, command: string): number {
  const amount = integer(argument);
  if (amount < 0) throw new ReplyError('ERR invalid expire time, must be >= 0');
  const time = (unit.isSeconds ? amount * 1000 : amount) + (unit.isAbsolute ? 0 : now);
  if (time > maxTime) throw invalidExpireTime(command);
  return time;
}

/** Sets the expiry of a field; a time in the past deletes the field. */
export function expireField(hash: HashValue, field: Bytes, time: number, now: number): void {
  if (time <= now) hash.delete(field);
  else hash.expireAt(field, time);
}

function readExpire(words: readonly Bytes[]): { conditions: ReadonlySet<string>; fields: readonly Bytes[] } {
  const conditions = new Set<string>();
  const fields = readFieldOptions(words, {
    width: 1,
    invalidCount: 'ERR Parameter `numFields` should be greater than 0',
    fewest: 2,
    tooFew: () => new ReplyError('ERR FIELDS requires at least numfields and one field argument'),
    option: (name) => {
      if (!['NX', 'XX', 'GT', 'LT'].includes(name)) return false;
      conditions.add(name);
      return true;
    },
  });
  if (conditions.size > 1) throw new ReplyError('ERR Multiple condition flags specified');
  return { conditions, fields };
}

function expire(command: string, unit: ExpiryUnit): Run {
  return ({ db, engine: { now } }, [key = '', argument = '', ...words]) => {
    const hash = db.read(key, HashValue);
    const time = fieldExpiryTime(argument, unit, now, command);
    const { conditions, fields } = readExpire(words);
    const answers = fields.map((field) => {
      const current = hash?.expiresAt(field);
      if (!hash || current === undefined) return noField;
      if (!isExpiryAllowed(conditions, time, current)) return conditionFailed;
      expireField(hash, field, time, now);
      return time <= now ? deleted : done;
    });
    if (hash && answers.some((answer) => answer > 0)) db.changedOrEmpty(key, hash.size);
    return answers;
  };
}

/** One answer per field: -2 for a missing field, -1 for a field without an expiry. */
function expiryReply(render: (expiresAt: number, now: number) => number): Run {
  return ({ db, engine: { now } }, [key = '', ...words]) => {
    const hash = db.read(key, HashValue);
    return readFields(words).map((field) => {
      const expiresAt = hash?.expiresAt(field);
      if (expiresAt === undefined) return noField;
      return expiresAt === Infinity ? noExpiry : render(expiresAt, now);
    });
  };
}

const toSeconds = (milliseconds: number) => Math.ceil(milliseconds / 1000);

function persist({ db }: Client, [key = '', ...words]: readonly Bytes[]): Answer {
  const hash = db.read(key, HashValue);
  const answers = readFields(words).map((field) => {
    const expiresAt = hash?.expiresAt(field);
    if (expiresAt === undefined) return noField;
    if (expiresAt === Infinity) return noExpiry;
    hash?.expireAt(field, Infinity);
    return done;
  });
  if (answers.includes(done)) db.changed(key);
  return answers;
}

export const hashExpiryCommands: CommandTable = {
  HEXPIRE: { arity: -6, isWrite: true, run: expire('hexpire', { isSeconds: true, isAbsolute: false }) },
  HPEXPIRE: { arity: -6, isWrite: true, run: expire('hpexpire', { isSeconds: false, isAbsolute: false }) },
  HEXPIREAT: { arity: -6, isWrite: true, run: expire('hexpireat', { isSeconds: true, isAbsolute: true }) },
  HPEXPIREAT: { arity: -6, isWrite: true, run: expire('hpexpireat', { isSeconds: false, isAbsolute: true }) },
  HTTL: { arity: -5, run: expiryReply((expiresAt, now) => toSeconds(expiresAt - now)) },
  HPTTL: { arity: -5, run: expiryReply((expiresAt, now) => expiresAt - now) },
  HEXPIRETIME: { arity: -5, run: expiryReply(toSeconds) },
  HPEXPIRETIME: { arity: -5, run: expiryReply((expiresAt) => expiresAt) },
  HPERSIST: { arity: -5, isWrite: true, run: persist },
};
