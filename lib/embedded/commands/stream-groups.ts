import { integer, Options } from '../protocol/arguments.js';
import { type Bytes, cString } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { type Answer, ok, ReplyError, syntaxError } from '../protocol/reply.js';
import { type Consumer, ConsumerGroup, type PendingEntry, PendingList } from '../values/consumer-group.js';
import { Stream } from '../values/stream.js';
import { formatId, type StreamId } from '../values/stream-id.js';
import { entriesRead, existingGroup, rangeEnd, rangeStart, streamId, streamIdOrEdge } from './stream-arguments.js';

function readGroupOptions(words: readonly Bytes[], command: string): { makesStream: boolean; read?: bigint } {
  let makesStream = false;
  let read: bigint | undefined;
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'MKSTREAM' && command === 'CREATE') makesStream = true;
    else if (option === 'ENTRIESREAD' && options.remaining > 0) read = entriesRead(options.value());
    else throw syntaxErrorIn(command);
  }
  return read === undefined ? { makesStream } : { makesStream, read };
}

function syntaxErrorIn(command: string): ReplyError {
  return new ReplyError(`ERR unknown subcommand or wrong number of arguments for '${command}'. Try XGROUP HELP.`);
}

function streamForGroup({ db }: Client, key: Bytes): Stream {
  const stream = db.read(key, Stream);
  if (stream) return stream;
  throw new ReplyError(
    'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.',
  );
}

function groupOf(client: Client, key: Bytes, name: Bytes): ConsumerGroup {
  const group = streamForGroup(client, key).groups.get(name);
  if (!group) throw new ReplyError(`NOGROUP No such consumer group '${cString(name)}' for key name '${cString(key)}'`);
  return group;
}

function groupStart(stream: Stream | undefined, id: Bytes): StreamId {
  return id === '$' ? (stream?.lastId ?? 0n) : streamId(id);
}

function createGroup(client: Client, [key = '', name = '', id = '', ...words]: readonly Bytes[]): Answer {
  const { db } = client;
  const { makesStream, read } = readGroupOptions(words, 'CREATE');
  const existing = makesStream ? db.read(key, Stream) : streamForGroup(client, key);
  if (words.length > 3) throw syntaxErrorIn('CREATE');
  const start = groupStart(existing, id);
  if (existing?.groups.has(name)) throw new ReplyError('BUSYGROUP Consumer Group name already exists');
  db.readOrCreate(key, Stream).groups.set(name, new ConsumerGroup(name, start, read));
  db.changed(key);
  return ok;
}

function setGroupId(client: Client, [key = '', name = '', id = '', ...words]: readonly Bytes[]): Answer {
  const { read } = readGroupOptions(words, 'SETID');
  const group = groupOf(client, key, name);
  if (words.length > 2) throw syntaxErrorIn('SETID');
  group.lastId = id === '$' ? (client.db.read(key, Stream)?.lastId ?? group.lastId) : streamIdOrEdge(id);
  group.entriesRead = read;
  return ok;
}

function destroyGroup(client: Client, [key = '', name = '']: readonly Bytes[]): number {
  const isDestroyed = streamForGroup(client, key).groups.delete(name);
  if (isDestroyed) client.db.changed(key);
  return Number(isDestroyed);
}

function createConsumer(client: Client, [key = '', group = '', name = '']: readonly Bytes[]): number {
  const { consumers } = groupOf(client, key, group);
  if (consumers.has(name)) return 0;
  consumers.set(name, { name, seenTime: client.engine.now, pending: new PendingList() });
  return 1;
}

function deleteConsumer(client: Client, [key = '', group = '', name = '']: readonly Bytes[]): number {
  return groupOf(client, key, group).deleteConsumer(name);
}

function acknowledge({ db }: Client, [key = '', name = '', ...words]: readonly Bytes[]): number {
  const group = db.read(key, Stream)?.groups.get(name);
  if (!group) return 0;
  const ids = words.map((word) => streamId(word));
  return ids.filter((id) => group.acknowledge(id)).length;
}

function pending(client: Client, [key = '', name = '', ...words]: readonly Bytes[]): Answer {
  const query = words.length > 0 ? readPendingQuery(words) : undefined;
  const { group } = existingGroup(client.db, key, name);
  return query ? listPending(group, query, client.engine.now) : summarise(group);
}

interface PendingQuery {
  readonly minIdle: number;
  readonly start: StreamId;
  readonly end: StreamId;
  readonly count: number;
  readonly consumer: Bytes | undefined;
}

function readPendingQuery(words: readonly Bytes[]): PendingQuery {
  if (words.length < 3 || words.length > 6) throw syntaxError();
  let minIdle = 0;
  let rest = words;
  if (words[0]?.toUpperCase() === 'IDLE') {
    minIdle = integer(words[1] ?? '');
    if (words.length < 5) throw syntaxError();
    rest = words.slice(2);
  }
  const [start = '', end = '', count = '', consumer] = rest;
  const limit = Math.max(0, integer(count));
  return { minIdle, start: rangeStart(start), end: rangeEnd(end), count: limit, consumer };
}

function listPending(group: ConsumerGroup, query: PendingQuery, now: number): Answer {
  const { minIdle, start, end, count, consumer } = query;
  const list = consumer === undefined ? group.pending : group.consumers.get(consumer)?.pending;
  const answers: Answer[] = [];
  for (const entry of list?.from(start) ?? []) {
    if (answers.length >= count || entry.id > end) break;
    const idle = idleTime(entry, now);
    if (idle >= minIdle) answers.push([formatId(entry.id), entry.consumer.name, idle, entry.deliveryCount]);
  }
  return answers;
}

/** Since the last delivery, in milliseconds. */
export function idleTime({ deliveryTime }: PendingEntry, now: number): number {
  return Math.max(0, now - deliveryTime);
}

function summarise({ pending: entries, consumers }: ConsumerGroup): Answer {
  const { first, last } = entries;
  if (!first || !last) return [0, null, null, null];
  const counts = byName(consumers)
    .filter((consumer) => consumer.pending.length > 0)
    .map((consumer) => [consumer.name, String(consumer.pending.length)]);
  return [entries.length, formatId(first.id), formatId(last.id), counts];
}

/** Groups and consumers are sorted by name. */
export function byName<T extends Consumer | ConsumerGroup>(named: ReadonlyMap<Bytes, T>): T[] {
  return [...named.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const streamGroupCommands: CommandTable = {
  XGROUP: {
    subcommands: {
      CREATE: { arity: -5, isWrite: true, run: createGroup },
      SETID: { arity: -5, isWrite: true, run: setGroupId },
      DESTROY: { arity: 4, isWrite: true, run: destroyGroup },
      CREATECONSUMER: { arity: 5, isWrite: true, run: createConsumer },
      DELCONSUMER: { arity: 5, isWrite: true, run: deleteConsumer },
    },
  },
  XACK: { arity: -4, isWrite: true, run: acknowledge },
  XPENDING: { arity: -3, run: pending },
};
