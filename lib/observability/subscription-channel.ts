import { channel } from 'node:diagnostics_channel';
import type { CommandFailure } from './command-channel.js';

/**
 * What the diagnostics channel `nest-cachex:subscription` tells of a subscription. No messages, and channels only where
 * the cache has `traceKeys`.
 *
 * @publicApi
 * @example
 * diagnosticsChannel.subscribe('nest-cachex:subscription', (message) => {
 *   const { cache, event } = message as SubscriptionMessage;
 *   events.inc({ cache, event });
 * });
 */
export interface SubscriptionMessage {
  /** The name of the instance; `'default'` where it has none. */
  readonly cache: string;
  /**
   * `'gap'`: messages may have been missed; `'overflow'`: a slow listener begins to miss messages; `'failure'`: a message
   * could not be read, or its listener failed; `'refusal'`: the server does not let the cache listen.
   */
  readonly event: 'gap' | 'overflow' | 'failure' | 'refusal';
  /** Channels, or patterns, as the caller wrote them, where the cache has `traceKeys`. */
  readonly channels?: readonly string[];
  /** Of a failure or a refusal; its message where `traceKeys` is on. */
  readonly error?: CommandFailure;
}

const subscriptionChannel = channel('nest-cachex:subscription');

/** Tells of the subscriptions of a cache. */
export class SubscriptionTracer {
  constructor(
    private readonly cache: string,
    private readonly tellsKeys: boolean,
  ) {}

  tell(event: SubscriptionMessage['event'], channels: readonly string[], error?: unknown): void {
    if (!subscriptionChannel.hasSubscribers) return;
    const message: SubscriptionMessage = {
      cache: this.cache,
      event,
      ...(this.tellsKeys && { channels }),
      ...(error !== undefined && { error: this.failure(event, error) }),
    };
    subscriptionChannel.publish(message);
  }

  private failure(event: string, error: unknown): CommandFailure {
    if (!(error instanceof Error)) return { name: typeof error, message: event };
    const { name, message, code } = error as Error & { readonly code?: string };
    return { name, code, message: this.tellsKeys ? message : event };
  }
}
