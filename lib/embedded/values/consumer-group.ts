import type { Bytes } from '../protocol/bytes.js';
import type { StreamId } from './stream-id.js';

/** The properties of a stream that show how far a group has read. */
export interface Progress {
  readonly length: number;
  readonly lastId: StreamId;
  readonly firstId: StreamId;
  readonly maxDeletedId: StreamId;
  readonly entriesAdded: bigint;
}

/** An entry that was delivered but not yet acknowledged. */
export interface PendingEntry {
  readonly id: StreamId;
  consumer: Consumer;
  /** Unix time in milliseconds. */
  deliveryTime: number;
  deliveryCount: number;
}

export interface Consumer {
  readonly name: Bytes;
  /** Unix time in milliseconds. */
  seenTime: number;
  readonly pending: PendingList;
}

/** Pending entries in order of ID; new ones nearly always come last. */
export class PendingList {
  private readonly entries: PendingEntry[] = [];

  get length(): number {
    return this.entries.length;
  }

  get first(): PendingEntry | undefined {
    return this.entries[0];
  }

  get last(): PendingEntry | undefined {
    return this.entries.at(-1);
  }

  get(id: StreamId): PendingEntry | undefined {
    const entry = this.entries[this.positionOf(id)];
    return entry?.id === id ? entry : undefined;
  }

  add(entry: PendingEntry): void {
    const position = this.positionOf(entry.id);
    if (position === this.entries.length) this.entries.push(entry);
    else this.entries.splice(position, 0, entry);
  }

  delete(id: StreamId): boolean {
    const position = this.positionOf(id);
    if (this.entries[position]?.id !== id) return false;
    this.entries.splice(position, 1);
    return true;
  }

  /** From an ID on, that one included. */
  *from(id: StreamId): IterableIterator<PendingEntry> {
    for (let position = this.positionOf(id); position < this.entries.length; position++) {
      const entry = this.entries[position];
      if (entry) yield entry;
    }
  }

  /** Up to `count` entries from an ID on. */
  slice(id: StreamId, count: number): PendingEntry[] {
    const position = this.positionOf(id);
    return this.entries.slice(position, position + count);
  }

  private positionOf(id: StreamId): number {
    const last = this.entries.at(-1);
    if (!last || last.id < id) return this.entries.length;
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.entries[middle];
      if (entry && entry.id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export class ConsumerGroup {
  readonly pending = new PendingList();
  readonly consumers = new Map<Bytes, Consumer>();

  constructor(
    readonly name: Bytes,
    public lastId: StreamId,
    /** How many entries the group has read since the stream began; unknown after some deletions. */
    public entriesRead: bigint | undefined,
  ) {}

  /** The consumer of that name; created if missing. */
  consumer(name: Bytes, now: number): Consumer {
    const consumer = this.consumers.get(name) ?? { name, seenTime: now, pending: new PendingList() };
    this.consumers.set(name, consumer);
    return consumer;
  }

  /** Deletes a consumer with its pending entries and returns how many there were. */
  deleteConsumer(name: Bytes): number {
    const consumer = this.consumers.get(name);
    if (!consumer) return 0;
    const count = consumer.pending.length;
    for (const { id } of consumer.pending.from(0n)) this.pending.delete(id);
    this.consumers.delete(name);
    return count;
  }

  /** Moves past an entry that was read. */
  advance(stream: Progress, id: StreamId): void {
    if (id <= this.lastId) return;
    if (this.entriesRead !== undefined && !hasDeletionsFrom(stream, id)) this.entriesRead++;
    else if (stream.entriesAdded > 0n) this.entriesRead = positionOf(stream, id);
    this.lastId = id;
  }

  /** How many entries are still to be read; `undefined` if deletions make that unknown. */
  lag(stream: Progress): bigint | undefined {
    if (stream.entriesAdded === 0n) return 0n;
    const isCounted = this.entriesRead !== undefined && !hasDeletionsFrom(stream, this.lastId);
    const read = isCounted ? this.entriesRead : positionOf(stream, this.lastId);
    return read === undefined ? undefined : stream.entriesAdded - read;
  }

  acknowledge(id: StreamId): boolean {
    const entry = this.pending.get(id);
    entry?.consumer.pending.delete(id);
    return this.pending.delete(id);
  }

  /** Makes an entry pending for a consumer, taking it from its current owner. */
  deliver(id: StreamId, consumer: Consumer, deliveryTime: number, deliveryCount = 1): PendingEntry {
    this.acknowledge(id);
    const entry = { id, consumer, deliveryTime, deliveryCount };
    this.pending.add(entry);
    consumer.pending.add(entry);
    return entry;
  }
}

/** Was an entry deleted at or after that ID, and after the first one that is left? */
function hasDeletionsFrom({ length, firstId, maxDeletedId }: Progress, id: StreamId): boolean {
  return length > 0 && maxDeletedId !== 0n && maxDeletedId >= firstId && id <= maxDeletedId;
}

/** How many entries were ever added up to that ID; `undefined` if deletions make that unknown. */
function positionOf(stream: Progress, id: StreamId): bigint | undefined {
  const { length, lastId, firstId, maxDeletedId, entriesAdded } = stream;
  if (entriesAdded === 0n) return 0n;
  if (length === 0 && id <= lastId) return entriesAdded;
  if (id === lastId) return entriesAdded;
  if (id > lastId) return undefined;
  const isUnbroken = maxDeletedId === 0n || maxDeletedId < firstId;
  if (!isUnbroken || id > firstId) return undefined;
  const before = entriesAdded - BigInt(length);
  return id < firstId ? before : before + 1n;
}
