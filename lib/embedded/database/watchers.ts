import type { Bytes } from '../protocol/bytes.js';

/** Notified of every change to a key that it watches (WATCH). */
export interface Watcher {
  keyChanged(): void;
}

/** The watchers of each key of a database. */
export class Watchers {
  private readonly watchers = new Map<Bytes, Set<Watcher>>();

  add(key: Bytes, watcher: Watcher): void {
    const watchers = this.watchers.get(key) ?? new Set();
    this.watchers.set(key, watchers.add(watcher));
  }

  remove(key: Bytes, watcher: Watcher): void {
    const watchers = this.watchers.get(key);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.watchers.delete(key);
  }

  keys(): IterableIterator<Bytes> {
    return this.watchers.keys();
  }

  keyChanged(key: Bytes): void {
    for (const watcher of this.watchers.get(key) ?? []) watcher.keyChanged();
  }
}
