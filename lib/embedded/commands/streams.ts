import { integer, Options } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { type Answer, ReplyError, syntaxError, wrongArity } from '../protocol/reply.js';
import { Stream } from '../values/stream.js';
import {
  formatId,
  lastOfMillisecond,
  makeId,
  largestId,
  smallestId,
  millisecondsOf,
  parseHalf,
  parseId,
  type StreamId,
} from '../values/stream-id.js';
import { rangeEnd, rangeStart, renderEntry, streamId, TrimOptions } from './stream-arguments.js';

/** Returns the ID of a new entry; `undefined` if there is none above the last. */
type IdRule = (lastId: StreamId, now: number) => StreamId | undefined;

function readIdRule(argument: Bytes): IdRule {
  if (argument === '*') return (lastId, now) => laterOf(makeId(now, 0n), lastId + 1n);
  const milliseconds = argument.endsWith('-*') ? parseHalf(argument.slice(0, -2)) : undefined;
  if (milliseconds !== undefined) return (lastId) => nextInMillisecond(milliseconds, lastId);
  const id = streamId(argument);
  return (lastId) => (id > lastId ? id : undefined);
}

function laterOf(a: StreamId, b: StreamId): StreamId {
  return a > b ? a : b;
}

function nextInMillisecond(milliseconds: bigint, lastId: StreamId): StreamId | undefined {
  const lastMilliseconds = millisecondsOf(lastId);
  if (milliseconds !== lastMilliseconds) return milliseconds > lastMilliseconds ? makeId(milliseconds, 0n) : undefined;
  return lastId === makeId(milliseconds, lastOfMillisecond) ? undefined : lastId + 1n;
}

function add({ db, engine }: Client, [key = '', ...words]: readonly Bytes[]): Answer {
  const options = new Options(words);
  const trimOptions = new TrimOptions();
  let makesStream = true;
  let idWord = options.peek();
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'NOMKSTREAM') makesStream = false;
    else if (!trimOptions.accept(option, options)) break;
    idWord = options.peek();
  }
  if (idWord === undefined) throw wrongArity('xadd');
  const idRule = readIdRule(idWord);
  const trim = trimOptions.finish();
  const fields = options.rest();
  if (fields.length === 0 || fields.length % 2 === 1) throw wrongArity('xadd');
  if (parseId(idWord, 0n) === smallestId) throw new ReplyError('ERR The ID specified in XADD must be greater than 0-0');
  const existing = db.read(key, Stream);
  if (!existing && !makesStream) return null;
  if (existing?.lastId === largestId) {
    throw new ReplyError('ERR The stream has exhausted the last possible ID, unable to add more items');
  }
  const id = idRule(existing?.lastId ?? smallestId, engine.now);
  if (id === undefined) {
    throw new ReplyError('ERR The ID specified in XADD is equal or smaller than the target stream top item');
  }
  const stream = db.readOrCreate(key, Stream);
  stream.append(id, fields);
  if (trim) stream.trim(trim);
  db.changed(key);
  return formatId(id);
}

function trimStream({ db }: Client, [key = '', ...words]: readonly Bytes[]): number {
  const options = new Options(words);
  const trimOptions = new TrimOptions();
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (!trimOptions.accept(option, options)) throw syntaxError();
  }
  const trim = trimOptions.finish();
  if (!trim) throw syntaxError(', XTRIM must be called with either MAXLEN or MINID');
  const stream = db.read(key, Stream);
  const removed = stream?.trim(trim) ?? 0;
  if (removed > 0) db.changed(key);
  return removed;
}

function length({ db }: Client, [key = '']: readonly Bytes[]): number {
  return db.read(key, Stream)?.length ?? 0;
}

function remove({ db }: Client, [key = '', ...words]: readonly Bytes[]): number {
  const stream = db.read(key, Stream);
  if (!stream) return 0;
  const ids = words.map((word) => streamId(word));
  const removed = ids.filter((id) => stream.delete(id)).length;
  if (removed > 0) db.changed(key);
  return removed;
}

/** The option COUNT of a range; negative is 0. */
function readCount(words: readonly Bytes[]): number | undefined {
  let count: number | undefined;
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option !== 'COUNT') throw syntaxError();
    count = Math.max(0, integer(options.value()));
  }
  return count;
}

function range(isReverse: boolean): Run {
  return ({ db }, [key = '', first = '', second = '', ...words]) => {
    const start = rangeStart(isReverse ? second : first);
    const end = rangeEnd(isReverse ? first : second);
    const count = readCount(words);
    const stream = db.read(key, Stream);
    if (!stream) return [];
    return count === 0 ? null : stream.range(start, end, count, isReverse).map(renderEntry);
  };
}

export const streamCommands: CommandTable = {
  XADD: { arity: -5, isWrite: true, run: add },
  XTRIM: { arity: -4, isWrite: true, run: trimStream },
  XLEN: { arity: 2, run: length },
  XDEL: { arity: -3, isWrite: true, run: remove },
  XRANGE: { arity: -4, run: range(false) },
  XREVRANGE: { arity: -4, run: range(true) },
};
