import { atLeastOne, Options } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import { syntaxError } from '../protocol/reply.js';

/** Pops up to `count` elements from one end of the first key that has any. */
export interface MultiPop<End> {
  readonly keys: readonly Bytes[];
  readonly end: End;
  readonly count: number;
}

/** Reads the arguments of LMPOP and ZMPOP, and of their blocking forms after the timeout. */
export function readMultiPop<End>(
  [numkeys = '', ...words]: readonly Bytes[],
  readEnd: (word: Bytes) => End,
): MultiPop<End> {
  const keyCount = atLeastOne(numkeys, 'ERR numkeys should be greater than 0');
  const [end, ...rest] = words.slice(keyCount);
  if (end === undefined) throw syntaxError();
  return { keys: words.slice(0, keyCount), end: readEnd(end), count: readCount(rest) };
}

function readCount(words: readonly Bytes[]): number {
  let count: number | undefined;
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option !== 'COUNT' || count !== undefined) throw syntaxError();
    count = atLeastOne(options.value(), 'ERR count should be greater than 0');
  }
  return count ?? 1;
}
