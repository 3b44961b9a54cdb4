import { int64, integer, type Options } from '../protocol/arguments.js';
import { type Bytes, cString } from '../protocol/bytes.js';
import { type Answer, noSuchKey, ReplyError, syntaxError } from '../protocol/reply.js';
import type { Database } from '../database/database.js';
import type { ConsumerGroup } from '../values/consumer-group.js';
import { NODE_ENTRIES, Stream, type StreamEntry, type Trim } from '../values/stream.js';
import { formatId, LAST_SEQUENCE, MAX_ID, MIN_ID, parseId, type StreamId } from '../values/stream-id.js';

const invalidId = () => new ReplyError('ERR Invalid stream ID specified as stream command argument');

/** An ID of a command that names entries; without a sequence number it is the first of its millisecond. */
export function streamId(argument: Bytes, missingSequence = 0n): StreamId {
  const id = parseId(argument, missingSequence);
  if (id === undefined) throw invalidId();
  return id;
}

/** As {@link streamId}; `-` and `+` are the smallest and the largest. */
export function streamIdOrEdge(argument: Bytes, missingSequence = 0n): StreamId {
  if (argument === '-') return MIN_ID;
  return argument === '+' ? MAX_ID : streamId(argument, missingSequence);
}

/** Where a range starts; `(` leaves the ID itself out. */
export function rangeStart(argument: Bytes): StreamId {
  if (!argument.startsWith('(')) return streamIdOrEdge(argument, 0n);
  const id = streamId(argument.slice(1), 0n);
  if (id === MAX_ID) throw new ReplyError('ERR invalid start ID for the interval');
  return id + 1n;
}

/** Where a range ends; without a sequence number it takes in the whole millisecond. */
export function rangeEnd(argument: Bytes): StreamId {
  if (!argument.startsWith('(')) return streamIdOrEdge(argument, LAST_SEQUENCE);
  const id = streamId(argument.slice(1), LAST_SEQUENCE);
  if (id === MIN_ID) throw new ReplyError('ERR invalid end ID for the interval');
  return id - 1n;
}

/** MAXLEN or MINID of XADD and XTRIM, as it is read word by word. */
export class TrimOptions {
  private removes: Trim['removes'] | undefined;
  private isApproximate = false;
  private limit: number | undefined;

  /** Takes the option if it is one of a trim. */
  accept(option: string, options: Options): boolean {
    if (options.remaining === 0) return false;
    if (option === 'MAXLEN') this.readMaxLength(this.threshold(options));
    else if (option === 'MINID') this.readMinId(this.threshold(options));
    else if (option === 'LIMIT') this.limit = nonNegative(options.value(), 'LIMIT');
    else return false;
    return true;
  }

  /** What was asked for; `undefined` for no trim. */
  finish(): Trim | undefined {
    const { removes, isApproximate, limit } = this;
    if (!removes) {
      if (limit) throw syntaxError(', LIMIT cannot be used without specifying a trimming strategy');
      return undefined;
    }
    if (limit !== undefined && !isApproximate) {
      throw syntaxError(', LIMIT cannot be used without the special ~ option');
    }
    return { removes, isApproximate, limit: limit ?? (isApproximate ? 100 * NODE_ENTRIES : 0) };
  }

  private threshold(options: Options): Bytes {
    if (this.removes) throw syntaxError(', MAXLEN and MINID options at the same time are not compatible');
    const value = options.value();
    const isMarked = (value === '~' || value === '=') && options.remaining > 0;
    this.isApproximate = isMarked && value === '~';
    return isMarked ? options.value() : value;
  }

  private readMaxLength(argument: Bytes): void {
    const maxLength = nonNegative(argument, 'MAXLEN');
    this.removes = (_lastId, left) => left >= maxLength;
  }

  private readMinId(argument: Bytes): void {
    const minId = streamId(argument);
    this.removes = (lastId) => lastId < minId;
  }
}

function nonNegative(argument: Bytes, option: string): number {
  const value = integer(argument);
  if (value < 0) throw new ReplyError(`ERR The ${option} argument must be >= 0.`);
  return value;
}

/** How many entries the group had read; -1 is not known. */
export function entriesRead(argument: Bytes): bigint | undefined {
  const value = int64(argument);
  if (value < -1n) throw new ReplyError('ERR value for ENTRIESREAD must be positive or -1');
  return value === -1n ? undefined : value;
}

export function renderEntry({ id, fields }: StreamEntry): Answer {
  return [formatId(id), fields];
}

export function existingStream(db: Database, key: Bytes): Stream {
  const stream = db.read(key, Stream);
  if (!stream) throw noSuchKey();
  return stream;
}

/** The group of commands on pending entries; NOGROUP when stream or group is missing. */
export function existingGroup(db: Database, key: Bytes, name: Bytes): { stream: Stream; group: ConsumerGroup } {
  const stream = db.read(key, Stream);
  const group = stream?.groups.get(name);
  if (!stream || !group)
    throw new ReplyError(`NOGROUP No such key '${cString(key)}' or consumer group '${cString(name)}'`);
  return { stream, group };
}
