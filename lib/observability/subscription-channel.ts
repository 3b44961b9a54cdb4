import { channel } from 'node:diagnostics_channel';
import type { CommandFailure } from './command-channel.js';

/**
 * A message of the diagnostics channel `nest-cachex:subscription` about a subscription. It quotes no published
 * messages, and channels only with `traceKeys`.
 *
 * @publicApi
 * @example
 * diagnosticsChannel.subscribe('nest-cachex:subscription', (message) => {
 *   const { cache, event } = message as SubscriptionMessage;
 *   events.inc({ cache, event });
 * });
 */
export interface SubscriptionMessage {
  /** The name of the instance; `'default'` if it has none. */
  readonly cache: string;
  /**
   * `'gap'`: messages may have been missed; `'overflow'`: a slow listener starts to miss messages; `'failure'`: a
   * message could not be read, or its listener failed; `'refusal'`: the server refuses the subscription.
   */
  readonly event: 'gap' | 'overflow' | 'failure' | 'refusal';
  /** Channels, or patterns, as the caller wrote them, with `traceKeys`. */
  readonly channels?: readonly string[];
  /** For a failure or a refusal; with its own message if `traceKeys` is on. */
  readonly error?: CommandFailure;
}

const subscriptionChannel = channel('nest-cachex:subscription');

/** Reports on the subscriptions of a cache. */
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
