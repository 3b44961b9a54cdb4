import { Options, pairs } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import { parseInteger } from '../protocol/numbers.js';
import { type Answer, ReplyError, syntaxError, wrongArity } from '../protocol/reply.js';
import { xxh3 } from '../protocol/xxh3.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { expiryOption, expiryOptions, type ExpiryUnit } from './expiry.js';

const digestLength = 16;
const maxKeys = 2 ** 31 - 1;

/** A condition on the current value: equal or not, itself (IFEQ, IFNE) or its digest (IFDEQ, IFDNE). */
export interface Comparison {
  readonly name: string;
  readonly operand: Bytes;
}

export function isComparison(name: string): boolean {
  return ['IFEQ', 'IFNE', 'IFDEQ', 'IFDNE'].includes(name);
}

/** Does the value meet the condition? A missing one is unequal to everything. */
export function holds({ name, operand }: Comparison, value: Bytes | undefined): boolean {
  const isNegated = name.endsWith('NE');
  if (value === undefined) return isNegated;
  const isDigest = name.startsWith('IFD');
  if (isDigest && operand.length !== digestLength) {
    throw new ReplyError('ERR must be exactly 16 hexadecimal characters');
  }
  const isEqual = isDigest ? xxh3(value) === operand.toLowerCase() : value === operand;
  return isEqual !== isNegated;
}

function digest({ db }: Client, [key = '']: readonly Bytes[]): Answer {
  const value = db.readString(key);
  return value === undefined ? null : xxh3(value);
}

function deleteIf({ db }: Client, [key = '', condition, operand, ...rest]: readonly Bytes[]): number {
  if (condition === undefined) return Number(db.remove(key));
  if (operand === undefined || rest.length > 0) throw wrongArity('delex');
  const value = db.get(key);
  if (value === undefined) return 0;
  if (typeof value !== 'string') {
    throw new ReplyError('ERR Key should be of string type if conditions are specified');
  }
  const name = condition.toUpperCase();
  if (!isComparison(name)) throw new ReplyError('ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE');
  return Number(holds({ name, operand }, value) && db.remove(key));
}

interface ManyOptions {
  condition?: string;
  /** One of EX, PX, EXAT, PXAT and KEEPTTL. */
  lifetime?: string;
  expiry?: { readonly unit: ExpiryUnit; readonly value: Bytes };
}

function readManyOptions(words: readonly Bytes[]): ManyOptions {
  const found: ManyOptions = {};
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    const unit = expiryOptions[option];
    if ((unit || option === 'KEEPTTL') && (found.lifetime ?? option) === option) {
      found.lifetime = option;
      if (unit) found.expiry = { unit, value: options.value() };
    } else if ((option === 'NX' || option === 'XX') && (found.condition ?? option) === option) {
      found.condition = option;
    } else throw syntaxError();
  }
  return found;
}

/** MSETEX: all keys or none, with one lifetime. */
function setMany({ db, engine: { now } }: Client, [numkeys = '', ...words]: readonly Bytes[]): number {
  const count = parseInteger(numkeys);
  if (count === undefined || count < 1 || count > maxKeys) throw new ReplyError('ERR invalid numkeys value');
  if (words.length < 2 * count) throw new ReplyError('ERR wrong number of key-value pairs');
  const entries = [...pairs(words.slice(0, 2 * count))];
  const { condition, lifetime, expiry } = readManyOptions(words.slice(2 * count));
  const expiresAt = expiry && expiryOption(expiry.value, expiry.unit, now, 'msetex');
  if (condition && entries.some(([key]) => db.has(key) !== (condition === 'XX'))) return 0;
  for (const [key, value] of entries) {
    db.put(key, value, { keepTtl: lifetime === 'KEEPTTL' });
    if (expiresAt !== undefined) db.expireAt(key, expiresAt);
  }
  return 1;
}

export const comparisonCommands: CommandTable = {
  DIGEST: { arity: 2, run: digest },
  DELEX: { arity: -2, isWrite: true, run: deleteIf },
  MSETEX: { arity: -4, isWrite: true, run: setMany },
};
