import type { Bytes } from '../protocol/bytes.js';

const maxLevel = 32;
const levelChance = 0.25;

export interface SkipListNode {
  readonly member: Bytes;
  readonly score: number;
  previous: SkipListNode | undefined;
  readonly next: (SkipListNode | undefined)[];
  /** Per level, how many ranks `next` skips. */
  readonly spans: number[];
}

/** Members ordered by score, then by bytes. As in Redis, searches and ranks take O(log n). */
export class SkipList {
  private readonly header = newNode('', 0, 1);
  private level = 1;
  private tail: SkipListNode | undefined;
  private count = 0;

  get length(): number {
    return this.count;
  }

  get last(): SkipListNode | undefined {
    return this.tail;
  }

  /** How many nodes stand before the first for which `isBefore` is false; it must not turn true again after that. */
  countWhile(isBefore: (node: SkipListNode) => boolean): number {
    let node = this.header;
    let rank = 0;
    for (let level = this.level - 1; level >= 0; level--) {
      for (let next = node.next[level]; next && isBefore(next); next = node.next[level]) {
        rank += node.spans[level] ?? 0;
        node = next;
      }
    }
    return rank;
  }

  /** The node at a rank from 0. */
  at(rank: number): SkipListNode | undefined {
    if (rank < 0 || rank >= this.count) return undefined;
    let node = this.header;
    let left = rank + 1;
    for (let level = this.level - 1; level >= 0; level--) {
      for (let next = node.next[level]; next && (node.spans[level] ?? 0) <= left; next = node.next[level]) {
        left -= node.spans[level] ?? 0;
        node = next;
      }
      if (left === 0) break;
    }
    return node;
  }

  rankOf(score: number, member: Bytes): number {
    return this.countWhile((node) => precedes(node, score, member));
  }

  insert(score: number, member: Bytes): void {
    const { path, ranks } = this.pathTo(score, member);
    const levels = randomLevel();
    for (; this.level < levels; this.level++) {
      path[this.level] = this.header;
      ranks[this.level] = 0;
      this.header.spans[this.level] = this.count;
    }
    const node = newNode(member, score, levels);
    const rank = ranks[0] ?? 0;
    for (const [level, before] of path.entries()) {
      const span = before.spans[level] ?? 0;
      if (level >= levels) {
        before.spans[level] = span + 1;
        continue;
      }
      const toNode = rank - (ranks[level] ?? 0);
      node.next[level] = before.next[level];
      node.spans[level] = span - toNode;
      before.next[level] = node;
      before.spans[level] = toNode + 1;
    }
    node.previous = path[0] === this.header ? undefined : path[0];
    this.linkBack(node.next[0], node);
    this.count++;
  }

  delete(score: number, member: Bytes): void {
    const { path } = this.pathTo(score, member);
    const node = path[0]?.next[0];
    if (node?.member !== member) return;
    for (const [level, before] of path.entries()) {
      const span = before.spans[level] ?? 0;
      if (before.next[level] === node) {
        before.next[level] = node.next[level];
        before.spans[level] = span + (node.spans[level] ?? 0) - 1;
      } else {
        before.spans[level] = span - 1;
      }
    }
    this.linkBack(node.next[0], node.previous);
    while (this.level > 1 && !this.header.next[this.level - 1]) this.level--;
    this.count--;
  }

  private linkBack(node: SkipListNode | undefined, previous: SkipListNode | undefined): void {
    if (node) node.previous = previous;
    else this.tail = previous;
  }

  /** Per level, the last node before (score, member) and its rank from 1 (the header's is 0). */
  private pathTo(score: number, member: Bytes): { path: SkipListNode[]; ranks: number[] } {
    const path = Array.from({ length: this.level }, () => this.header);
    const ranks = Array.from({ length: this.level }, () => 0);
    let node = this.header;
    let rank = 0;
    for (let level = this.level - 1; level >= 0; level--) {
      for (let next = node.next[level]; next && precedes(next, score, member); next = node.next[level]) {
        rank += node.spans[level] ?? 0;
        node = next;
      }
      path[level] = node;
      ranks[level] = rank;
    }
    return { path, ranks };
  }
}

function precedes(node: SkipListNode, score: number, member: Bytes): boolean {
  return node.score < score || (node.score === score && node.member < member);
}

function newNode(member: Bytes, score: number, levels: number): SkipListNode {
  return {
    member,
    score,
    previous: undefined,
    next: Array.from({ length: levels }),
    spans: Array.from({ length: levels }, () => 0),
  };
}

function randomLevel(): number {
  let level = 1;
  while (level < maxLevel && Math.random() < levelChance) level++;
  return level;
}
