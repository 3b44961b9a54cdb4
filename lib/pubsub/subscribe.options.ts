import { countArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { channelNames, type ChannelOptions } from '../commands/publishing.commands.js';

/** What a listener gets beside the message. @publicApi */
export interface MessageContext {
  /** Where the message was published to. */
  readonly channel: string;
  /** The pattern that has matched, of `psubscribe`. */
  readonly pattern?: string;
  /** Aborts when the subscription ends. */
  readonly signal: AbortSignal;
}

/**
 * Is called with one message at a time: the next one waits until what it returns is settled.
 *
 * @publicApi
 */
export type MessageListener<T = unknown> = (message: T, context: MessageContext) => unknown;

/** How `psubscribe` listens. @publicApi */
export interface PsubscribeOptions extends Omit<ChannelOptions, 'sharded'> {
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** How many messages wait at most for a listener that is slower than they come (1000); the oldest are dropped. */
  readonly backlog?: number;
  /** How many bytes they have at most, as they were sent (16 MiB). The newest message always has a place. */
  readonly backlogBytes?: number;
  /** A message could not be read, or the listener has failed. Left out, it is logged. */
  readonly onError?: (error: unknown, context: MessageContext) => unknown;
  /**
   * Messages may have been missed: the connection was lost, or replaced, and is there again. Called in the place where
   * they are missing; the next message waits until it is done. Left out, it is logged.
   */
  readonly onGap?: () => unknown;
  /** The backlog is full, and messages are dropped until the listener has caught up. Left out, it is logged. */
  readonly onOverflow?: () => unknown;
}

/** How `subscribe` listens. @publicApi */
export interface SubscribeOptions extends PsubscribeOptions, ChannelOptions {}

export const psubscribeNames: NamesOf<PsubscribeOptions> = {
  version: true,
  raw: true,
  signal: true,
  backlog: true,
  backlogBytes: true,
  onError: true,
  onGap: true,
  onOverflow: true,
};
export const subscribeNames: NamesOf<SubscribeOptions> = { ...channelNames, ...psubscribeNames };

/** What a subscription calls beside its listener. */
export type SubscriptionHooks = Pick<SubscribeOptions, 'onError' | 'onGap' | 'onOverflow'>;

/** How much may wait for a listener. */
export interface BacklogLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** @throws TypeError for options that make no sense */
export function limitsOf({
  backlog = 1000,
  backlogBytes = 16 * 1024 * 1024,
}: Pick<SubscribeOptions, 'backlog' | 'backlogBytes'>): BacklogLimits {
  return {
    messages: countArgument(backlog, 'backlog', 1),
    bytes: countArgument(backlogBytes, 'backlogBytes', 1),
  };
}

/** @throws TypeError for what is no function */
export function checkHooks({
  onError,
  onGap,
  onOverflow,
}: { readonly [Name in keyof SubscriptionHooks]?: unknown }): void {
  for (const [name, hook] of Object.entries({ onError, onGap, onOverflow })) {
    if (hook !== undefined && typeof hook !== 'function') throw new TypeError(`${name} must be a function`);
  }
}
