import { matchGlob } from '../embedded/index.js';
import type { Place } from '../arguments/scope.js';
import type { Key } from '../command-model/command.js';

/** Keys that match a pattern. */
export interface PatternEviction {
  readonly pattern: string;
  readonly version: Place;
  readonly itersize?: number;
}

/** Evictions that wait until a function has succeeded; meanwhile its own calls treat the entries as gone. */
export class Deferral {
  /** Nothing can be added any more. */
  isOver = false;
  /** By their names on the wire. */
  private readonly byWire = new Map<string, Key>();
  /** By the server's glob pattern. */
  private readonly byGlob = new Map<string, PatternEviction>();
  private readonly ofTags = new Set<string>();

  constructor(
    /** The enclosing deferral. */
    readonly outer: Deferral | undefined,
  ) {}

  get keys(): readonly Key[] {
    return [...this.byWire.values()];
  }

  get patterns(): readonly PatternEviction[] {
    return [...this.byGlob.values()];
  }

  get tags(): readonly string[] {
    return [...this.ofTags];
  }

  addKey(wire: string, key: Key): void {
    this.byWire.set(wire, key);
  }

  addPattern(glob: string, eviction: PatternEviction): void {
    this.byGlob.set(glob, eviction);
  }

  addTags(tags: readonly string[]): void {
    for (const tag of tags) this.ofTags.add(tag);
  }

  /** Takes over the evictions of another one. */
  take(other: Deferral): void {
    for (const [wire, key] of other.byWire) this.byWire.set(wire, key);
    for (const [glob, eviction] of other.byGlob) this.byGlob.set(glob, eviction);
    this.addTags(other.tags);
  }

  dooms(wire: string): boolean {
    if (this.byWire.has(wire)) return true;
    for (const glob of this.byGlob.keys()) if (matchGlob(glob, wire)) return true;
    return this.outer?.dooms(wire) ?? false;
  }

  doomsTag(tag: string): boolean {
    return this.ofTags.has(tag) || (this.outer?.doomsTag(tag) ?? false);
  }
}
