import { int64, Options } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import { type Answer, noSuchKey, ok, ReplyError, syntaxError } from '../protocol/reply.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { Stream } from '../values/stream.js';
import { smallestId, type StreamId } from '../values/stream-id.js';
import { streamId } from './stream-arguments.js';

interface Setting {
  readonly entriesAdded?: bigint;
  readonly maxDeletedId: StreamId;
}

const smallerThan = (what: string) => new ReplyError(`ERR The ID specified in XSETID is smaller than ${what}`);

function readSetting(words: readonly Bytes[], id: StreamId): Setting {
  const options = new Options(words);
  let entriesAdded: bigint | undefined;
  let maxDeletedId = smallestId;
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'ENTRIESADDED' && options.remaining > 0) {
      entriesAdded = int64(options.value());
      if (entriesAdded < 0n) throw new ReplyError('ERR entries_added must be positive');
    } else if (option === 'MAXDELETEDID' && options.remaining > 0) {
      maxDeletedId = streamId(options.value());
      if (id < maxDeletedId) throw smallerThan('the provided max_deleted_entry_id');
    } else throw syntaxError();
  }
  return { entriesAdded, maxDeletedId };
}

function setId({ db }: Client, [key = '', argument = '', ...words]: readonly Bytes[]): Answer {
  const id = streamId(argument);
  const { entriesAdded, maxDeletedId } = readSetting(words, id);
  const stream = db.read(key, Stream);
  if (!stream) throw noSuchKey();
  if (id < stream.maxDeletedId) throw smallerThan('current max_deleted_entry_id');
  const [last] = stream.range(smallestId, stream.lastId, 1, true);
  if (last && id < last.id) throw smallerThan('the target stream top item');
  if (last && entriesAdded !== undefined && BigInt(stream.length) > entriesAdded) {
    throw new ReplyError('ERR The entries_added specified in XSETID is smaller than the target stream length');
  }
  stream.lastId = id;
  stream.entriesAdded = entriesAdded ?? stream.entriesAdded;
  if (maxDeletedId !== smallestId) stream.maxDeletedId = maxDeletedId;
  db.changed(key);
  return ok;
}

export const streamIdCommands: CommandTable = {
  XSETID: { arity: -3, isWrite: true, run: setId },
};
