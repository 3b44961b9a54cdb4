import { channel } from 'node:diagnostics_channel';
import type { CommandFailure } from './command-channel.js';

/**
 * What the diagnostics channel `nest-cachex:entry` tells of an entry that a cache could not use as it is. No values, and
 * keys only where the cache has `traceKeys`.
 *
 * @publicApi
 * @example
 * diagnosticsChannel.subscribe('nest-cachex:entry', (message) => {
 *   const { cache, event } = message as EntryMessage;
 *   entries.inc({ cache, event });
 * });
 */
export interface EntryMessage {
  /** The name of the instance; `'default'` where it has none. */
  readonly cache: string;
  /**
   * `'mismatch'`: a value does not match the schema of the call; `'unreadable'`: nobody here can read what is stored, and
   * it counts as missing; `'large'`, `'refused'`: a value is longer than `maxValueBytes` has it.
   */
  readonly event: 'mismatch' | 'unreadable' | 'large' | 'refused';
  /** As the caller wrote it, where the cache has `traceKeys`. */
  readonly key?: string;
  /** Of a large value, as it goes to the server. */
  readonly bytes?: number;
  /** Its message where `traceKeys` is on. */
  readonly error?: CommandFailure;
}

const entryChannel = channel('nest-cachex:entry');

/** Tells of the entries of a cache. */
export class EntryTracer {
  constructor(
    private readonly cache: string,
    private readonly tellsKeys: boolean,
  ) {}

  tell(event: EntryMessage['event'], key: string, error?: Error & { readonly code?: string }, bytes?: number): void {
    if (!entryChannel.hasSubscribers) return;
    const message: EntryMessage = {
      cache: this.cache,
      event,
      ...(this.tellsKeys && { key }),
      ...(bytes !== undefined && { bytes }),
      ...(error && { error: { name: error.name, code: error.code, message: this.tellsKeys ? error.message : event } }),
    };
    entryChannel.publish(message);
  }
}
