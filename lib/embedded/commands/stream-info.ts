import { integer } from '../protocol/arguments.js';
import { type Bytes, cString } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { narrow } from '../protocol/numbers.js';
import { type Answer, ReplyError } from '../protocol/reply.js';
import type { Consumer, ConsumerGroup, PendingList } from '../values/consumer-group.js';
import type { Stream, StreamEntry } from '../values/stream.js';
import { formatId, largestId, smallestId } from '../values/stream-id.js';
import { existingStream, renderEntry } from './stream-arguments.js';
import { byName } from './stream-groups.js';

const defaultCount = 10;

function describeStream({ db }: Client, [key = '', ...words]: readonly Bytes[]): Answer {
  const stream = existingStream(db, key);
  if (words.length > 3) throw syntaxErrorIn('STREAM');
  const count = words.length > 0 ? readFullOptions(words) : undefined;
  const counters = [
    ...['length', stream.length],
    ...['radix-tree-keys', stream.nodeCount],
    ...['radix-tree-nodes', stream.nodeCount + 1],
    ...['last-generated-id', formatId(stream.lastId)],
    ...['max-deleted-entry-id', formatId(stream.maxDeletedId)],
    ...['entries-added', narrow(stream.entriesAdded)],
    ...['recorded-first-entry-id', formatId(stream.firstId)],
  ];
  return count === undefined ? [...counters, ...ends(stream)] : [...counters, ...contents(stream, count)];
}

/** `FULL [COUNT n]`; 0 is everything. */
function readFullOptions([full, option, count]: readonly Bytes[]): number {
  const isFull = full?.toUpperCase() === 'FULL' && (option === undefined || option.toUpperCase() === 'COUNT');
  if (!isFull || (option === undefined) !== (count === undefined)) throw syntaxErrorIn('STREAM');
  if (count === undefined) return defaultCount;
  const limit = integer(count);
  return limit < 0 ? defaultCount : limit || Infinity;
}

function syntaxErrorIn(subcommand: string): ReplyError {
  return new ReplyError(`ERR unknown subcommand or wrong number of arguments for '${subcommand}'. Try XINFO HELP.`);
}

function ends(stream: Stream): Answer[] {
  const render = (entry: StreamEntry | undefined) => (entry ? renderEntry(entry) : null);
  return ['groups', stream.groups.size, 'first-entry', render(stream.first), 'last-entry', render(stream.last)];
}

function contents(stream: Stream, count: number): Answer[] {
  const entries = stream.range(smallestId, largestId, count).map(renderEntry);
  const groups = byName(stream.groups).map((group) => [
    ...['name', group.name],
    ...progress(stream, group),
    ...['pel-count', group.pending.length],
    ...['pending', pendingEntries(group.pending, count, (consumer) => [consumer.name])],
    ...['consumers', byName(group.consumers).map((consumer) => describeFully(consumer, count))],
  ]);
  return ['entries', entries, 'groups', groups];
}

function describeFully({ name, seenTime, pending }: Consumer, count: number): Answer {
  return [
    ...['name', name],
    ...['seen-time', seenTime],
    ...['pel-count', pending.length],
    ...['pending', pendingEntries(pending, count, () => [])],
  ];
}

function pendingEntries(list: PendingList, count: number, who: (consumer: Consumer) => Bytes[]): Answer {
  return list
    .slice(smallestId, count)
    .map(({ id, consumer, deliveryTime, deliveryCount }) => [
      formatId(id),
      ...who(consumer),
      deliveryTime,
      deliveryCount,
    ]);
}

function progress(stream: Stream, group: ConsumerGroup): Answer[] {
  const lag = group.lag(stream);
  return [
    ...['last-delivered-id', formatId(group.lastId)],
    ...['entries-read', group.entriesRead === undefined ? null : narrow(group.entriesRead)],
    ...['lag', lag === undefined ? null : narrow(lag)],
  ];
}

function describeGroups({ db }: Client, [key = '']: readonly Bytes[]): Answer {
  const stream = existingStream(db, key);
  return byName(stream.groups).map((group) => [
    ...['name', group.name],
    ...['consumers', group.consumers.size],
    ...['pending', group.pending.length],
    ...progress(stream, group),
  ]);
}

function describeConsumers({ db, engine }: Client, [key = '', name = '']: readonly Bytes[]): Answer {
  const group = existingStream(db, key).groups.get(name);
  if (!group) throw new ReplyError(`NOGROUP No such consumer group '${cString(name)}' for key name '${cString(key)}'`);
  return byName(group.consumers).map((consumer) => [
    ...['name', consumer.name],
    ...['pending', consumer.pending.length],
    ...['idle', Math.max(0, engine.now - consumer.seenTime)],
  ]);
}

export const streamInfoCommands: CommandTable = {
  XINFO: {
    subcommands: {
      STREAM: { arity: -3, run: describeStream },
      GROUPS: { arity: 3, run: describeGroups },
      CONSUMERS: { arity: 4, run: describeConsumers },
    },
  },
};
