import { type Bytes, toBytes } from '../protocol/bytes.js';
import { ReplyError, syntaxError } from '../protocol/reply.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';

/** Combines the bytes at one position of all sources. */
type Combine = (bytes: readonly number[]) => number;

const or = (bytes: readonly number[]) => bytes.reduce((a, b) => a | b, 0);

/** The bits that exactly one source has. */
function one(bytes: readonly number[]): number {
  let [once, twice] = [0, 0];
  for (const byte of bytes) {
    twice |= once & byte;
    once |= byte;
  }
  return once & ~twice;
}

const operations: Readonly<Record<string, Combine | undefined>> = {
  AND: (bytes) => bytes.reduce((a, b) => a & b, 0xff),
  OR: or,
  XOR: (bytes) => bytes.reduce((a, b) => a ^ b, 0),
  NOT: ([byte = 0]) => ~byte,
  DIFF: ([first = 0, ...others]) => first & ~or(others),
  DIFF1: ([first = 0, ...others]) => ~first & or(others),
  ANDOR: ([first = 0, ...others]) => first & or(others),
  ONE: one,
};
const needTwo = ['DIFF', 'DIFF1', 'ANDOR'];

function operate({ db }: Client, [name = '', target = '', ...keys]: readonly Bytes[]): number {
  const operation = name.toUpperCase();
  const combine = operations[operation];
  if (!combine) throw syntaxError();
  if (operation === 'NOT' && keys.length !== 1) {
    throw new ReplyError('ERR BITOP NOT must be called with a single source key.');
  }
  if (needTwo.includes(operation) && keys.length < 2) {
    throw new ReplyError(`ERR BITOP ${operation} must be called with at least two source keys.`);
  }
  const sources = keys.map((key) => db.readString(key) ?? '');
  const length = Math.max(...sources.map((source) => source.length));
  if (length === 0) {
    db.remove(target);
    return 0;
  }
  const result = Buffer.alloc(length);
  // A source that is shorter goes on with zeros.
  for (let index = 0; index < length; index++) {
    result[index] = combine(sources.map((source) => (index < source.length ? source.charCodeAt(index) : 0)));
  }
  db.put(target, toBytes(result));
  return length;
}

export const bitOperationCommands: CommandTable = {
  BITOP: { arity: -4, isWrite: true, run: operate },
};
