import { int64, integer, Options } from '../protocol/arguments.js';
import { type Bytes, cString } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { maxInt64, minInt64 } from '../protocol/numbers.js';
import { ReplyError } from '../protocol/reply.js';

export interface ExpiryUnit {
  readonly isSeconds: boolean;
  /** A point in time instead of a span from now. */
  readonly isAbsolute: boolean;
}

export const expiryOptions: Readonly<Record<string, ExpiryUnit | undefined>> = {
  EX: { isSeconds: true, isAbsolute: false },
  PX: { isSeconds: false, isAbsolute: false },
  EXAT: { isSeconds: true, isAbsolute: true },
  PXAT: { isSeconds: false, isAbsolute: true },
};

export const invalidExpireTime = (command: string) => new ReplyError(`ERR invalid expire time in '${command}' command`);

/** Times up to this size cannot overflow. */
const surelyValid = 1e12;

/** The Unix time in milliseconds that an argument stands for. Beyond the safe range it is rounded. */
function expiryTime(argument: Bytes, unit: ExpiryUnit, now: number, command: string): number {
  const rounded = integer(argument);
  const [factor, base] = [unit.isSeconds ? 1000 : 1, unit.isAbsolute ? 0 : now];
  if (Math.abs(rounded) <= surelyValid) return rounded * factor + base;
  const milliseconds = int64(argument) * BigInt(factor);
  if (milliseconds > maxInt64 - BigInt(Math.trunc(base)) || milliseconds < minInt64) throw invalidExpireTime(command);
  return Number(milliseconds) + base;
}

/** Like {@link expiryTime} for the options of SET and GETEX, which must be positive. */
export function expiryOption(argument: Bytes, unit: ExpiryUnit, now: number, command: string): number {
  if (integer(argument) <= 0) throw invalidExpireTime(command);
  return expiryTime(argument, unit, now, command);
}

/** Reads EXPIRE's options into a rule: may `time` replace the current expiry? */
function readCondition(words: readonly Bytes[]): (time: number, current: number) => boolean {
  const options = new Options(words);
  const given = new Set<string>();
  for (let position = 0; options.remaining > 0; position++) {
    const option = options.next() ?? '';
    if (!['NX', 'XX', 'GT', 'LT'].includes(option)) {
      throw new ReplyError(`ERR Unsupported option ${cString(words[position] ?? '')}`);
    }
    given.add(option);
  }
  if (given.has('NX') && given.size > 1) {
    throw new ReplyError('ERR NX and XX, GT or LT options at the same time are not compatible');
  }
  if (given.has('GT') && given.has('LT')) {
    throw new ReplyError('ERR GT and LT options at the same time are not compatible');
  }
  return (time, current) => isExpiryAllowed(given, time, current);
}

/** May `time` replace the current expiry under the conditions NX, XX, GT and LT? */
export function isExpiryAllowed(conditions: ReadonlySet<string>, time: number, current: number): boolean {
  return (
    !(conditions.has('NX') && current !== Infinity) &&
    !(conditions.has('XX') && current === Infinity) &&
    !(conditions.has('GT') && time <= current) &&
    !(conditions.has('LT') && time >= current)
  );
}

function expire(command: string, unit: ExpiryUnit): Run {
  return ({ db, engine }, [key = '', value = '', ...words]) => {
    const isAllowed = readCondition(words);
    const time = expiryTime(value, unit, engine.now, command);
    const current = db.expiresAt(key);
    if (current === undefined || !isAllowed(time, current)) return 0;
    db.expireAt(key, time);
    return 1;
  };
}

/** Answers -2 for a missing key and -1 for a key without an expiry. */
function expiryReply(render: (expiresAt: number, now: number) => number): Run {
  return ({ db, engine }, [key = '']) => {
    const expiresAt = db.expiresAt(key);
    if (expiresAt === undefined) return -2;
    return expiresAt === Infinity ? -1 : render(expiresAt, engine.now);
  };
}

const toSeconds = (milliseconds: number) => Math.floor((milliseconds + 500) / 1000);

function persist({ db }: Client, [key = '']: readonly Bytes[]): number {
  const current = db.expiresAt(key);
  if (current === undefined || current === Infinity) return 0;
  db.expireAt(key, Infinity);
  return 1;
}

export const expiryCommands: CommandTable = {
  EXPIRE: { arity: -3, isWrite: true, run: expire('expire', { isSeconds: true, isAbsolute: false }) },
  PEXPIRE: { arity: -3, isWrite: true, run: expire('pexpire', { isSeconds: false, isAbsolute: false }) },
  EXPIREAT: { arity: -3, isWrite: true, run: expire('expireat', { isSeconds: true, isAbsolute: true }) },
  PEXPIREAT: { arity: -3, isWrite: true, run: expire('pexpireat', { isSeconds: false, isAbsolute: true }) },
  TTL: { arity: 2, run: expiryReply((expiresAt, now) => toSeconds(Math.max(0, expiresAt - now))) },
  PTTL: { arity: 2, run: expiryReply((expiresAt, now) => Math.max(0, expiresAt - now)) },
  EXPIRETIME: { arity: 2, run: expiryReply(toSeconds) },
  PEXPIRETIME: { arity: 2, run: expiryReply((expiresAt) => expiresAt) },
  PERSIST: { arity: 2, isWrite: true, run: persist },
};
