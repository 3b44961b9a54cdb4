import { int64, integer, type Options } from '../protocol/arguments.js';
import { type Bytes, cString } from '../protocol/bytes.js';
import { type Answer, noSuchKey, ReplyError, syntaxError } from '../protocol/reply.js';
import type { Database } from '../database/database.js';
import type { ConsumerGroup } from '../values/consumer-group.js';
import { nodeEntries, Stream, type StreamEntry, type Trim } from '../values/stream.js';
import { formatId, lastOfMillisecond, largestId, smallestId, parseId, type StreamId } from '../values/stream-id.js';

const invalidId = () => new ReplyError('ERR Invalid stream ID specified as stream command argument');

/** An entry ID; without a sequence number it is the first of its millisecond. */
export function streamId(argument: Bytes, missingSequence = 0n): StreamId {
  const id = parseId(argument, missingSequence);
  if (id === undefined) throw invalidId();
  return id;
}

/** Like {@link streamId}; `-` and `+` are the smallest and the largest. */
export function streamIdOrEdge(argument: Bytes, missingSequence = 0n): StreamId {
  if (argument === '-') return smallestId;
  return argument === '+' ? largestId : streamId(argument, missingSequence);
}

/** The start of a range; `(` excludes the ID itself. */
export function rangeStart(argument: Bytes): StreamId {
  if (!argument.startsWith('(')) return streamIdOrEdge(argument, 0n);
  const id = streamId(argument.slice(1), 0n);
  if (id === largestId) throw new ReplyError('ERR invalid start ID for the interval');
  return id + 1n;
}

/** The end of a range; without a sequence number it includes the whole millisecond. */
export function rangeEnd(argument: Bytes): StreamId {
  if (!argument.startsWith('(')) return streamIdOrEdge(argument, lastOfMillisecond);
  const id = streamId(argument.slice(1), lastOfMillisecond);
  if (id === smallestId) throw new ReplyError('ERR invalid end ID for the interval');
  return id - 1n;
}

/** Reads MAXLEN or MINID of XADD and XTRIM, word by word. */
export class TrimOptions {
  private removes: Trim['removes'] | undefined;
  private isApproximate = false;
  private limit: number | undefined;

  /** Consumes the option if it belongs to a trim. */
  accept(option: string, options: Options): boolean {
    if (options.remaining === 0) return false;
    if (option === 'MAXLEN') this.readMaxLength(this.threshold(options));
    else if (option === 'MINID') this.readMinId(this.threshold(options));
    else if (option === 'LIMIT') this.limit = nonNegative(options.value(), 'LIMIT');
    else return false;
    return true;
  }

  /** The requested trim; `undefined` if there is none. */
  finish(): Trim | undefined {
    const { removes, isApproximate, limit } = this;
    if (!removes) {
      if (limit) throw syntaxError(', LIMIT cannot be used without specifying a trimming strategy');
      return undefined;
    }
    if (limit !== undefined && !isApproximate) {
      throw syntaxError(', LIMIT cannot be used without the special ~ option');
    }
    return { removes, isApproximate, limit: limit ?? (isApproximate ? 100 * nodeEntries : 0) };
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

/** How many entries the group has read; -1 for unknown. */
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

/** The consumer group of a key. Throws NOGROUP if the stream or the group is missing. */
export function existingGroup(db: Database, key: Bytes, name: Bytes): { stream: Stream; group: ConsumerGroup } {
  const stream = db.read(key, Stream);
  const group = stream?.groups.get(name);
  if (!stream || !group)
    throw new ReplyError(`NOGROUP No such key '${cString(key)}' or consumer group '${cString(name)}'`);
  return { stream, group };
}
