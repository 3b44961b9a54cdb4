import type { Bytes } from '../protocol/bytes.js';
import { ConsumerGroup } from './consumer-group.js';
import { Stream, type StreamEntry } from './stream.js';
import { largestId, smallestId, type StreamId } from './stream-id.js';

interface PendingDump {
  id: StreamId;
  consumer: Bytes;
  deliveryTime: number;
  deliveryCount: number;
}

interface GroupDump {
  name: Bytes;
  lastId: StreamId;
  entriesRead: bigint | undefined;
  consumers: { name: Bytes; seenTime: number }[];
  pending: PendingDump[];
}

/** A stream as plain data. */
export interface StreamDump {
  entries: StreamEntry[];
  lastId: StreamId;
  maxDeletedId: StreamId;
  entriesAdded: bigint;
  groups: GroupDump[];
}

export function dumpStream(stream: Stream): StreamDump {
  const { lastId, maxDeletedId, entriesAdded } = stream;
  const entries = stream.range(smallestId, largestId);
  return { entries, lastId, maxDeletedId, entriesAdded, groups: Array.from(stream.groups.values(), dumpGroup) };
}

function dumpGroup({ name, lastId, entriesRead, consumers, pending }: ConsumerGroup): GroupDump {
  return {
    name,
    lastId,
    entriesRead,
    consumers: Array.from(consumers.values(), (consumer) => ({ name: consumer.name, seenTime: consumer.seenTime })),
    pending: Array.from(pending.from(smallestId), (entry) => ({ ...entry, consumer: entry.consumer.name })),
  };
}

export function restoreStream({ entries, groups, ...counters }: StreamDump): Stream {
  const stream = new Stream();
  for (const { id, fields } of entries) stream.append(id, fields);
  Object.assign(stream, counters);
  for (const { name, lastId, entriesRead, consumers, pending } of groups) {
    const group = new ConsumerGroup(name, lastId, entriesRead);
    for (const consumer of consumers) group.consumer(consumer.name, consumer.seenTime);
    for (const { id, consumer, deliveryTime, deliveryCount } of pending) {
      group.deliver(id, group.consumer(consumer, deliveryTime), deliveryTime, deliveryCount);
    }
    stream.groups.set(name, group);
  }
  return stream;
}
