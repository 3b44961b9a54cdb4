import type { Bytes } from '../protocol/bytes.js';
import { ConsumerGroup } from './consumer-group.js';
import { smallestId, type StreamId } from './stream-id.js';

export interface StreamEntry {
  readonly id: StreamId;
  /** Field, value, field, value, … */
  readonly fields: readonly Bytes[];
}

/**
 * A run of entries, as Redis stores them; an approximate trim drops whole nodes only. `added`, `bytes` and `lastId`
 * include deleted entries.
 */
interface StreamNode {
  entries: StreamEntry[];
  added: number;
  bytes: number;
  lastId: StreamId;
}

/** Redis' stream-node-max-entries and stream-node-max-bytes. */
export const nodeEntries = 100;
const nodeBytes = 4096;
/** Rough overhead of an entry. */
const entryBytes = 24;

export interface Trim {
  /** Is the oldest of these entries, `left` of which would stay without the first `count`, to go? */
  readonly removes: (lastId: StreamId, left: number) => boolean;
  readonly isApproximate: boolean;
  /** The most entries to remove; 0 for no limit. */
  readonly limit: number;
}

/** An append-only log of entries in order of ID, with its consumer groups. */
export class Stream {
  get type(): string {
    return 'stream';
  }

  readonly groups = new Map<Bytes, ConsumerGroup>();
  lastId: StreamId = smallestId;
  maxDeletedId: StreamId = smallestId;
  entriesAdded = 0n;
  private nodes: StreamNode[] = [];
  private count = 0;
  private weight = 0;

  get length(): number {
    return this.count;
  }

  get bytes(): number {
    return this.weight;
  }

  get nodeCount(): number {
    return this.nodes.length;
  }

  get first(): StreamEntry | undefined {
    return this.nodes[0]?.entries[0];
  }

  get firstId(): StreamId {
    return this.first?.id ?? smallestId;
  }

  get last(): StreamEntry | undefined {
    return this.nodes.at(-1)?.entries.at(-1);
  }

  append(id: StreamId, fields: readonly Bytes[]): void {
    const bytes = fields.reduce((sum, field) => sum + field.length, entryBytes);
    let node = this.nodes.at(-1);
    if (!node || node.added >= nodeEntries || node.bytes + bytes >= nodeBytes) {
      node = { entries: [], added: 0, bytes: 0, lastId: id };
      this.nodes.push(node);
    }
    node.entries.push({ id, fields });
    node.added++;
    node.lastId = id;
    node.bytes += bytes;
    this.weight += bytes;
    this.count++;
    this.lastId = id;
    this.entriesAdded++;
  }

  get(id: StreamId): StreamEntry | undefined {
    const entry = this.nodes[this.nodeAt(id)]?.entries.find((candidate) => candidate.id >= id);
    return entry?.id === id ? entry : undefined;
  }

  delete(id: StreamId): boolean {
    const position = this.nodeAt(id);
    const node = this.nodes[position];
    const index = node?.entries.findIndex((entry) => entry.id === id) ?? -1;
    if (!node || index < 0) return false;
    this.forget(node.entries.splice(index, 1));
    if (node.entries.length === 0) this.nodes.splice(position, 1);
    if (id > this.maxDeletedId) this.maxDeletedId = id;
    return true;
  }

  /** Entries from `start` to `end`, both included, in that order or backwards; at most `count` of them. */
  range(start: StreamId, end: StreamId, count = Infinity, isReverse = false): StreamEntry[] {
    const found: StreamEntry[] = [];
    const step = isReverse ? -1 : 1;
    const position = isReverse ? Math.min(this.nodeAt(end), this.nodes.length - 1) : this.nodeAt(start);
    for (let n = position; n >= 0 && n < this.nodes.length; n += step) {
      const entries = this.nodes[n]?.entries ?? [];
      const ordered = isReverse ? entries.toReversed() : entries;
      for (const entry of ordered) {
        if (found.length >= count || (isReverse ? entry.id < start : entry.id > end)) return found;
        if (entry.id >= start && entry.id <= end) found.push(entry);
      }
    }
    return found;
  }

  /** Drops the oldest entries according to the rule and returns how many. */
  trim({ removes, isApproximate, limit }: Trim): number {
    let [removed, nodes] = [0, 0];
    for (const node of this.nodes) {
      const size = node.entries.length;
      if ((limit > 0 && removed + size > limit) || !removes(node.lastId, this.count - size)) break;
      this.forget(node.entries);
      removed += size;
      nodes++;
    }
    if (nodes > 0) this.nodes.splice(0, nodes);
    return isApproximate ? removed : removed + this.trimFirstNode(removes);
  }

  private trimFirstNode(removes: Trim['removes']): number {
    const node = this.nodes[0];
    let count = 0;
    for (const entry of node?.entries ?? []) {
      if (!removes(entry.id, this.count - count - 1)) break;
      count++;
    }
    if (node) this.forget(node.entries.splice(0, count));
    return count;
  }

  private forget(entries: readonly StreamEntry[]): void {
    this.count -= entries.length;
    for (const { fields } of entries) {
      this.weight -= fields.reduce((sum, field) => sum + field.length, entryBytes);
    }
  }

  /** The first node that has an entry from `id` on, or the number of nodes. */
  private nodeAt(id: StreamId): number {
    let [low, high] = [0, this.nodes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.nodes[middle]?.entries.at(-1)?.id ?? smallestId) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
