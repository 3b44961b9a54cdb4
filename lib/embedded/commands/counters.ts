import { int64 } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { addLongDouble, formatLongDouble, type LongDouble, parseLongDouble } from '../protocol/long-double.js';
import { maxInt64, minInt64, narrow } from '../protocol/numbers.js';
import { type Answer, ReplyError } from '../protocol/reply.js';

/** The 64-bit sum. Throws a ReplyError on overflow. */
export function addInt64(a: bigint, b: bigint): bigint {
  const sum = a + b;
  if (sum > maxInt64 || sum < minInt64) throw new ReplyError('ERR increment or decrement would overflow');
  return sum;
}

/** The sum in long doubles, as Redis computes it. */
export function addFloats(a: LongDouble | 'infinite', b: LongDouble | 'infinite'): Bytes {
  const sum = a === 'infinite' || b === 'infinite' ? undefined : addLongDouble(a, b);
  if (!sum) throw new ReplyError('ERR increment would produce NaN or Infinity');
  return formatLongDouble(sum);
}

export function longDouble(argument: Bytes, message: string): LongDouble | 'infinite' {
  const value = parseLongDouble(argument);
  if (value === undefined) throw new ReplyError(message);
  return value;
}

function addTo({ db }: Client, key: Bytes, amount: bigint): Answer {
  const sum = addInt64(int64(db.readString(key) ?? '0'), amount);
  db.put(key, String(sum), { keepTtl: true });
  return narrow(sum);
}

const incrementBy =
  (amount: bigint): Run =>
  (client, [key = '']) =>
    addTo(client, key, amount);

function decrementByArgument(client: Client, [key = '', argument = '']: readonly Bytes[]): Answer {
  const amount = int64(argument);
  if (amount === minInt64) throw new ReplyError('ERR decrement would overflow');
  return addTo(client, key, -amount);
}

function incrementByFloat({ db }: Client, [key = '', argument = '']: readonly Bytes[]): Answer {
  const message = 'ERR value is not a valid float';
  const value = longDouble(db.readString(key) ?? '0', message);
  const sum = addFloats(value, longDouble(argument, message));
  db.put(key, sum, { keepTtl: true });
  return sum;
}

export const counterCommands: CommandTable = {
  INCR: { arity: 2, isWrite: true, run: incrementBy(1n) },
  DECR: { arity: 2, isWrite: true, run: incrementBy(-1n) },
  INCRBY: { arity: 3, isWrite: true, run: (client, [key = '', amount = '']) => addTo(client, key, int64(amount)) },
  DECRBY: { arity: 3, isWrite: true, run: decrementByArgument },
  INCRBYFLOAT: { arity: 3, isWrite: true, run: incrementByFloat },
};
