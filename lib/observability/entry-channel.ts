import { channel } from 'node:diagnostics_channel';
import type { CommandFailure } from './command-channel.js';

/**
 * A message of the diagnostics channel `nest-cachex:entry` about an entry that a cache could not use. It holds no
 * values, and keys only with `traceKeys`.
 *
 * @publicApi
 * @example
 * diagnosticsChannel.subscribe('nest-cachex:entry', (message) => {
 *   const { cache, event } = message as EntryMessage;
 *   entries.inc({ cache, event });
 * });
 */
export interface EntryMessage {
  /** The name of the instance; `'default'` if it has none. */
  readonly cache: string;
  /**
   * `'mismatch'`: a value does not match the schema of the call; `'unreadable'`: this process cannot read the stored
   * value, which counts as missing; `'large'`, `'refused'`: a value is longer than `maxValueBytes` allows.
   */
  readonly event: 'mismatch' | 'unreadable' | 'large' | 'refused';
  /** As the caller wrote it, with `traceKeys`. */
  readonly key?: string;
  /** The length of a large value, as it is sent. */
  readonly bytes?: number;
  /** With its own message if `traceKeys` is on. */
  readonly error?: CommandFailure;
}

const entryChannel = channel('nest-cachex:entry');

/** Reports on the entries of a cache. */
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
