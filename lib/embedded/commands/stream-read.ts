import { integer, Options, timeoutInMilliseconds } from '../protocol/arguments.js';
import { Blocked } from '../database/blocking.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import { Stream } from '../values/stream.js';
import { largestId, smallestId, type StreamId } from '../values/stream-id.js';
import { GroupReader, type GroupOptions } from './stream-group-reader.js';
import { renderEntry, streamId } from './stream-arguments.js';

type CommandName = 'XREAD' | 'XREADGROUP';

interface ReadOptions {
  count: number;
  /** In milliseconds; `undefined` does not wait. */
  timeout?: number;
  group?: GroupOptions;
  noAck: boolean;
  keys: readonly Bytes[];
  ids: readonly Bytes[];
}

function readOptions(command: CommandName, words: readonly Bytes[], { scriptCalls }: Client): ReadOptions {
  const found: ReadOptions = { count: Infinity, noAck: false, keys: [], ids: [] };
  const options = new Options(words);
  const groupOnly = (option: string) => {
    if (command === 'XREAD') {
      throw new ReplyError(`ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`);
    }
  };
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'BLOCK' && options.remaining > 0) {
      if (scriptCalls !== undefined) throw refusedInScript(scriptCalls);
      found.timeout = timeoutInMilliseconds(options.value());
    } else if (option === 'COUNT' && options.remaining > 0) {
      found.count = Math.max(0, integer(options.value())) || Infinity;
    } else if (option === 'GROUP' && options.remaining > 1) {
      groupOnly(option);
      found.group = { name: options.value(), consumer: options.value() };
    } else if (option === 'NOACK') {
      groupOnly(option);
      found.noAck = true;
    } else if (option === 'STREAMS' && options.remaining > 0) {
      readStreams(found, options.rest());
    } else throw syntaxError();
  }
  if (found.keys.length === 0) throw syntaxError();
  if (command === 'XREADGROUP' && !found.group) throw new ReplyError('ERR Missing GROUP option for XREADGROUP');
  return found;
}

function refusedInScript(name: Bytes): ReplyError {
  return new ReplyError(`ERR ${name} command is not allowed with BLOCK option from scripts`);
}

function readStreams(found: ReadOptions, rest: readonly Bytes[]): void {
  if (rest.length % 2 === 1) {
    throw new ReplyError("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
  }
  found.keys = rest.slice(0, rest.length / 2);
  found.ids = rest.slice(rest.length / 2);
}

/** Reads one stream; returns `undefined` while there is nothing to read. */
interface Request {
  readonly key: Bytes;
  readonly read: () => Answer | undefined;
}

function readOrBlock(requests: readonly Request[], timeout: number | undefined): Answer | Blocked {
  const answers = requests.flatMap(({ key, read }) => {
    const entries = read();
    return entries === undefined ? [] : [[key, entries]];
  });
  if (answers.length > 0) return answers;
  if (timeout === undefined) return null;
  return new Blocked(
    requests.map(({ key }) => key),
    timeout,
    (key) => {
      const entries = requests.find((request) => request.key === key)?.read();
      return entries && [[key, entries]];
    },
  );
}

function read(client: Client, words: readonly Bytes[]): Answer | Blocked {
  const { db } = client;
  const { keys, ids, count, timeout } = readOptions('XREAD', words, client);
  const requests = keys.map((key, index): Request => {
    const after = startAfter(db.read(key, Stream), ids[index] ?? '');
    return {
      key,
      read: () => {
        const stream = db.get(key);
        if (!(stream instanceof Stream) || after >= stream.lastId) return undefined;
        const entries = stream.range(after + 1n, largestId, count);
        return entries.length > 0 ? entries.map(renderEntry) : undefined;
      },
    };
  });
  return readOrBlock(requests, timeout);
}

function startAfter(stream: Stream | undefined, id: Bytes): StreamId {
  if (id === '$') return stream?.lastId ?? smallestId;
  if (id === '>') {
    throw new ReplyError(
      'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
    );
  }
  return streamId(id);
}

function readGroup(client: Client, words: readonly Bytes[]): Answer | Blocked {
  const {
    keys,
    ids,
    count,
    timeout,
    group = { name: '', consumer: '' },
    noAck,
  } = readOptions('XREADGROUP', words, client);
  const requests = keys.map((key, index): Request => {
    const reader = new GroupReader(client, key, group, { count, noAck });
    reader.check();
    const after = historyStart(ids[index] ?? '');
    return { key, read: () => (after === largestId ? reader.readNew() : reader.readHistory(after)) };
  });
  return readOrBlock(requests, timeout);
}

/** The largest ID stands for `>`: entries that were never delivered. */
function historyStart(id: Bytes): StreamId {
  if (id === '>') return largestId;
  if (id === '$') {
    throw new ReplyError(
      'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.',
    );
  }
  return streamId(id);
}

export const streamReadCommands: CommandTable = {
  XREAD: { arity: -4, run: read },
  XREADGROUP: { arity: -7, isWrite: true, run: readGroup },
};
