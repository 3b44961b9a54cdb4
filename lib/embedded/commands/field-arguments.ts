import { Options, pairs } from '../protocol/arguments.js';
import { type Bytes, cString } from '../protocol/bytes.js';
import { parseInteger } from '../protocol/numbers.js';
import { ReplyError } from '../protocol/reply.js';

const maxFields = 2 ** 31 - 1;

function fieldCount(argument: Bytes | undefined, message: string, max = Infinity): number {
  const count = parseInteger(argument ?? '');
  if (count === undefined || count < 1 || count > max) throw new ReplyError(message);
  return count;
}

/** `FIELDS count field …` as the whole rest of a command. */
export function readFields([keyword = '', count, ...fields]: readonly Bytes[]): readonly Bytes[] {
  if (keyword.toUpperCase() !== 'FIELDS') {
    throw new ReplyError('ERR Mandatory argument FIELDS is missing or not at the right position');
  }
  if (fieldCount(count, 'ERR Number of fields must be a positive integer') !== fields.length) {
    throw new ReplyError('ERR The `numfields` parameter must match the number of arguments');
  }
  return fields;
}

/** What a command says of its fields, in any order with its other options. */
export interface FieldRules {
  /** Words per field: 2 where a value follows. */
  readonly width: 1 | 2;
  readonly invalidCount: string;
  /** Words that must follow `FIELDS`, and the error where fewer do. */
  readonly fewest: number;
  readonly tooFew: () => ReplyError;
  /** Consumes an option other than FIELDS; false if there is none of that name. */
  readonly option: (name: string, options: Options) => boolean;
}

/** Reads options and `FIELDS count field …`, which may stand anywhere among them. */
export function readFieldOptions(words: readonly Bytes[], rules: FieldRules): readonly Bytes[] {
  const options = new Options(words);
  let fields: readonly Bytes[] | undefined;
  for (let word = options.peek(); word !== undefined; word = options.peek()) {
    const name = options.next() ?? '';
    if (name === 'FIELDS') {
      if (fields) throw new ReplyError('ERR FIELDS keyword specified multiple times');
      fields = takeFields(options, rules);
    } else if (!rules.option(name, options)) {
      throw new ReplyError(`ERR unknown argument: ${cString(word)}`);
    }
  }
  if (!fields) throw new ReplyError('ERR missing FIELDS argument');
  return fields;
}

function takeFields(options: Options, { width, invalidCount, fewest, tooFew }: FieldRules): readonly Bytes[] {
  if (options.remaining < fewest) throw tooFew();
  const count = fieldCount(options.value(), invalidCount, maxFields);
  if (count * width > options.remaining) throw new ReplyError('ERR wrong number of arguments');
  return Array.from({ length: count * width }, () => options.value());
}

/** The names of fields that stand before their values. */
export function fieldNames(words: readonly Bytes[]): Bytes[] {
  return Array.from(pairs(words), ([field]) => field);
}
