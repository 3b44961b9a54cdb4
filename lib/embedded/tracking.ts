import type { Bytes } from './bytes.js';
import type { Client } from './client.js';

/** How a client asked to be told of changes (CLIENT TRACKING). */
export interface TrackingMode {
  /** Who gets the invalidations. */
  readonly redirect: Client;
  /** With BCAST: changes of all keys with one of these prefixes; else of the keys that the client has read. */
  readonly prefixes: readonly Bytes[] | undefined;
  readonly noLoop: boolean;
}

/** Redis' tracking-table-max-keys: past that, the keys that were read first count as changed. */
const MAX_KEYS = 1_000_000;

/** Tells clients which keys changed, as Redis' client-side caching does; a key that was read is told of once. */
export class Tracking {
  private readonly modes = new Map<Client, TrackingMode>();
  private readonly readers = new Map<Bytes, Set<Client>>();
  private readonly invalid = new Map<Client, Set<Bytes>>();

  get isActive(): boolean {
    return this.modes.size > 0;
  }

  enable(client: Client, mode: TrackingMode): void {
    this.modes.set(client, mode);
  }

  disable(client: Client): void {
    this.modes.delete(client);
    this.invalid.delete(client);
  }

  read(key: Bytes, client: Client): void {
    const mode = this.modes.get(client);
    if (!mode || mode.prefixes) return;
    const readers = this.readers.get(key) ?? new Set();
    this.readers.set(key, readers.add(client));
    if (this.readers.size > MAX_KEYS) this.changed(this.readers.keys().next().value ?? '', undefined);
  }

  changed(key: Bytes, by: Client | undefined): void {
    if (!this.isActive) return;
    const readers = this.readers.get(key);
    this.readers.delete(key);
    for (const [client, mode] of this.modes) {
      const isConcerned = mode.prefixes?.some((prefix) => key.startsWith(prefix)) ?? readers?.has(client);
      if (!isConcerned || (mode.noLoop && client === by)) continue;
      const keys = this.invalid.get(client) ?? new Set();
      this.invalid.set(client, keys.add(key));
    }
  }

  /** After FLUSHDB and FLUSHALL everything is invalid. */
  flushed(): void {
    this.readers.clear();
    for (const mode of this.modes.values()) mode.redirect.invalidate(null);
  }

  /** Sends what the command that just ended has changed. */
  flush(): void {
    for (const [client, keys] of this.invalid) this.modes.get(client)?.redirect.invalidate([...keys]);
    this.invalid.clear();
  }
}
