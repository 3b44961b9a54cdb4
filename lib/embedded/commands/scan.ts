import { integer, Options } from '../protocol/arguments.js';
import { type Bytes, cString } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import type { Database } from '../database/database.js';
import { globMatches } from '../protocol/glob.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import { typeOf } from '../values/value.js';

interface ScanOptions {
  readonly count: number;
  readonly type: string | undefined;
  /** Only names (NOVALUES of HSCAN). */
  readonly isNamesOnly: boolean;
  readonly matches: (name: Bytes) => boolean;
}

const defaultCount = 10;
/** Redis' cursors are unsigned 64-bit numbers; an empty one is 0. */
const cursorPattern = /^(?:[+-]?\d{1,20})?$/;

function readCursor(argument: Bytes): number {
  const cursor = cString(argument);
  if (!cursorPattern.test(cursor) || Number(cursor) >= 2 ** 64) throw new ReplyError('ERR invalid cursor');
  return Number(cursor);
}

/** `extra` is the option that one scan has and the others do not. */
function readOptions(words: readonly Bytes[], extra?: 'TYPE' | 'NOVALUES'): ScanOptions {
  const options = new Options(words);
  let count = defaultCount;
  let type: string | undefined;
  let isNamesOnly = false;
  let matches: ScanOptions['matches'] = () => true;
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'NOVALUES' && extra === option) {
      isNamesOnly = true;
      continue;
    }
    if (options.remaining === 0) throw syntaxError();
    const value = options.value();
    if (option === 'COUNT') {
      count = integer(value);
      if (count < 1) throw syntaxError();
    } else if (option === 'MATCH') {
      matches = patternMatcher(value);
    } else if (option === 'TYPE' && extra === option) {
      type = value.toLowerCase();
    } else throw syntaxError();
  }
  return { count, type, isNamesOnly, matches };
}

/** `*` matches everything, even the empty name, which other patterns never match. */
export function patternMatcher(pattern: Bytes): (name: Bytes) => boolean {
  return pattern === '*' ? () => true : (name) => globMatches(pattern, name);
}

function scanKeys({ db }: Client, [cursor = '', ...words]: readonly Bytes[]): Answer {
  const start = readCursor(cursor);
  const { count, type, matches } = readOptions(words, 'TYPE');
  const found = db.scan(start, count);
  const keys = found.keys.filter((key) => matches(key) && (type === undefined || type === typeName(db, key)));
  return [String(found.cursor), keys];
}

function typeName(db: Database, key: Bytes): string {
  const value = db.get(key);
  return value === undefined ? 'none' : typeOf(value);
}

/** HSCAN, SSCAN and ZSCAN. */
export function scanCollection<V>(
  find: (
    db: Database,
    key: Bytes,
  ) => { scan(cursor: number, count: number, visit: (name: Bytes, value: V) => void): number } | undefined,
  render: (name: Bytes, value: V) => readonly Bytes[],
  extra?: 'NOVALUES',
): Run {
  return ({ db }, [key = '', cursor = '', ...words]) => {
    const start = readCursor(cursor);
    const collection = find(db, key);
    if (!collection) return ['0', []];
    const { count, isNamesOnly, matches } = readOptions(words, extra);
    const items: Bytes[] = [];
    const next = collection.scan(start, count, (name, value) => {
      if (matches(name)) items.push(...(isNamesOnly ? [name] : render(name, value)));
    });
    return [String(next), items];
  };
}

function listKeys({ db }: Client, [pattern = '']: readonly Bytes[]): Answer {
  return db.keys().filter(patternMatcher(pattern));
}

export const scanCommands: CommandTable = {
  KEYS: { arity: 2, run: listKeys },
  SCAN: { arity: -2, run: scanKeys },
};
