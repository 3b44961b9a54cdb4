import { integer, Options } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';

interface LcsOptions {
  isLength?: boolean;
  isIndexes?: boolean;
  withLengths?: boolean;
  minLength: number;
}

/** A run that both strings share; positions include both ends. */
interface Match {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

function readOptions(words: readonly Bytes[]): LcsOptions {
  const found: LcsOptions = { minLength: 0 };
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'IDX') found.isIndexes = true;
    else if (option === 'LEN') found.isLength = true;
    else if (option === 'WITHMATCHLEN') found.withLengths = true;
    else if (option === 'MINMATCHLEN') found.minLength = Math.max(0, integer(options.value()));
    else throw syntaxError();
  }
  if (found.isIndexes && found.isLength) {
    throw new ReplyError('ERR If you want both the length and indexes, please just use IDX.');
  }
  return found;
}

/** Lengths of the longest common subsequence of every pair of prefixes, in rows of `b.length + 1`. */
function lengthTable(a: Bytes, b: Bytes): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j;
      const isSame = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      table[at] = isSame ? at0(table, at - width - 1) + 1 : Math.max(at0(table, at - width), at0(table, at - 1));
    }
  }
  return table;
}

const at0 = (table: Uint32Array, index: number) => table[index] ?? 0;

/** Walks the table from its end; matches come last first, as Redis lists them. */
function walk(a: Bytes, b: Bytes, table: Uint32Array): { text: Bytes; matches: Match[] } {
  const width = b.length + 1;
  const chars: Bytes[] = [];
  const matches: Match[] = [];
  let [i, j] = [a.length, b.length];
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      const [endA, endB] = [i - 1, j - 1];
      while (i > 0 && j > 0 && a[i - 1] === b[j - 1]) {
        chars.push(a[i - 1] ?? '');
        i--;
        j--;
      }
      matches.push({ a: [i, endA], b: [j, endB] });
    } else if (at0(table, (i - 1) * width + j) > at0(table, i * width + j - 1)) i--;
    else j--;
  }
  return { text: chars.toReversed().join(''), matches };
}

function lcs({ db }: Client, [first = '', second = '', ...words]: readonly Bytes[]): Answer {
  const [a = '', b = ''] = [db.get(first), db.get(second)];
  if (typeof a !== 'string' || typeof b !== 'string') {
    throw new ReplyError('ERR The specified keys must contain string values');
  }
  const { isLength, isIndexes, withLengths, minLength } = readOptions(words);
  const table = lengthTable(a, b);
  const length = at0(table, table.length - 1);
  if (isLength) return length;
  const { text, matches } = walk(a, b, table);
  if (!isIndexes) return text;
  const sized = matches.map((match) => ({ ...match, length: match.a[1] - match.a[0] + 1 }));
  const listed = sized
    .filter((match) => match.length >= minLength)
    .map((match): Answer => (withLengths ? [match.a, match.b, match.length] : [match.a, match.b]));
  return ['matches', listed, 'len', length];
}

export const lcsCommands: CommandTable = {
  LCS: { arity: -3, run: lcs },
};
