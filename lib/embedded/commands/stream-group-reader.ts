import { type Bytes, cString } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import { type Answer, ReplyError } from '../protocol/reply.js';
import type { Consumer, ConsumerGroup } from '../values/consumer-group.js';
import { Stream } from '../values/stream.js';
import { formatId, largestId, type StreamId } from '../values/stream-id.js';
import { renderEntry } from './stream-arguments.js';

export interface GroupOptions {
  readonly name: Bytes;
  readonly consumer: Bytes;
}

interface ReadOptions {
  readonly count: number;
  /** Entries are acknowledged at once. */
  readonly noAck: boolean;
}

/** Reads one stream for a consumer of a group (XREADGROUP). */
export class GroupReader {
  constructor(
    private readonly client: Client,
    private readonly key: Bytes,
    private readonly options: GroupOptions,
    private readonly read: ReadOptions,
  ) {}

  /** Throws NOGROUP if the stream or the group is missing. */
  check(): void {
    if (this.client.db.read(this.key, Stream)?.groups.has(this.options.name)) return;
    throw new ReplyError(
      `NOGROUP No such key '${cString(this.key)}' or consumer group '${cString(this.options.name)}' in XREADGROUP with GROUP option`,
    );
  }

  /** Entries never delivered to the group; `undefined` if there are none. */
  readNew(): Answer | undefined {
    const found = this.find();
    if (!found) return undefined;
    const { stream, group } = found;
    const entries = stream.range(group.lastId + 1n, largestId, this.read.count);
    if (entries.length === 0) return undefined;
    const consumer = this.consumer(group);
    for (const { id } of entries) {
      group.advance(stream, id);
      if (!this.read.noAck) group.deliver(id, consumer, this.client.engine.now);
    }
    return entries.map(renderEntry);
  }

  /** The consumer's own pending entries after an ID; deleted entries have no fields. */
  readHistory(after: StreamId): Answer {
    const found = this.find();
    if (!found) return [];
    const { stream, group } = found;
    const answers: Answer[] = [];
    const { pending } = this.consumer(group);
    for (const entry of pending.from(after + 1n)) {
      if (answers.length >= this.read.count) break;
      const content = stream.get(entry.id);
      answers.push(content ? renderEntry(content) : [formatId(entry.id), null]);
      if (content) {
        entry.deliveryTime = this.client.engine.now;
        entry.deliveryCount++;
      }
    }
    return answers;
  }

  private find(): { stream: Stream; group: ConsumerGroup } | undefined {
    const stream = this.client.db.get(this.key);
    if (!(stream instanceof Stream)) throw new ReplyError('UNBLOCKED the stream key no longer exists');
    const group = stream.groups.get(this.options.name);
    if (!group) throw new ReplyError('NOGROUP the consumer group this client was blocked on no longer exists');
    return { stream, group };
  }

  private consumer(group: ConsumerGroup): Consumer {
    const { now } = this.client.engine;
    const consumer = group.consumer(this.options.consumer, now);
    consumer.seenTime = now;
    return consumer;
  }
}
