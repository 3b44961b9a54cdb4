import type { Bytes } from '../protocol/bytes.js';
import { Dict } from './dict.js';
import { SkipList } from './skip-list.js';

/** Rough overhead of a member in the skip list, on top of the dictionary. */
const nodeBytes = 120;

export interface ScoredMember {
  readonly member: Bytes;
  readonly score: number;
}

/** Members with scores: a dictionary for the scores, a skip list for the order. */
export class SortedSet {
  get type(): string {
    return 'zset';
  }

  private readonly scores = new Dict<number>();
  private readonly order = new SkipList();

  get size(): number {
    return this.scores.size;
  }

  get bytes(): number {
    return this.scores.bytes + this.size * nodeBytes;
  }

  score(member: Bytes): number | undefined {
    return this.scores.get(member);
  }

  /** Adds the member or moves it to another score. */
  set(member: Bytes, newScore: number): void {
    // Redis too keeps no negative zero, in all but large sorted sets.
    const score = newScore + 0;
    const old = this.scores.get(member);
    if (old === score) return;
    if (old !== undefined) this.order.delete(old, member);
    this.order.insert(score, member);
    this.scores.set(member, score);
  }

  delete(member: Bytes): boolean {
    const score = this.scores.get(member);
    if (score === undefined) return false;
    this.scores.delete(member);
    this.order.delete(score, member);
    return true;
  }

  /** From 0 for the lowest score. */
  rank(member: Bytes): number | undefined {
    const score = this.scores.get(member);
    return score === undefined ? undefined : this.order.rankOf(score, member);
  }

  /** How many members stand before the first for which `isBefore` is false, in order of score. */
  countWhile(isBefore: (entry: ScoredMember) => boolean): number {
    return this.order.countWhile(isBefore);
  }

  /** Up to `count` members from a rank on, upwards or downwards. */
  slice(rank: number, count: number, isReverse = false): ScoredMember[] {
    const entries: ScoredMember[] = [];
    for (let node = this.order.at(rank); node && entries.length < count;) {
      entries.push({ member: node.member, score: node.score });
      node = isReverse ? node.previous : node.next[0];
    }
    return entries;
  }

  *[Symbol.iterator](): IterableIterator<ScoredMember> {
    for (let node = this.order.at(0); node; node = node.next[0]) yield node;
  }

  keys(): IterableIterator<Bytes> {
    return this.scores.keys();
  }

  randomKey(): Bytes | undefined {
    return this.scores.randomKey();
  }

  scan(cursor: number, count: number, visit: (member: Bytes, score: number) => void): number {
    return this.scores.scan(cursor, count, visit);
  }
}
