import { countArgument, functionArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { channelNames, type ChannelOptions } from '../commands/publishing.commands.js';

/** The context that a listener gets beside the message. @publicApi */
export interface MessageContext {
  /** The channel of the message. */
  readonly channel: string;
  /** The pattern of `psubscribe` that matched. */
  readonly pattern?: string;
  /** Aborts when the subscription ends. */
  readonly signal: AbortSignal;
}

/**
 * Called with one message at a time: the next message waits until the returned promise is settled.
 *
 * @publicApi
 */
export type MessageListener<T = unknown> = (message: T, context: MessageContext) => unknown;

/** How `psubscribe` listens. @publicApi */
export interface PsubscribeOptions extends Omit<ChannelOptions, 'sharded'> {
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** The most messages that wait for a slow listener (1000); beyond that the oldest are dropped. */
  readonly backlog?: number;
  /** The most bytes of waiting messages, as they were sent (16 MiB). The newest message always has room. */
  readonly backlogBytes?: number;
  /** A message could not be read, or the listener failed. If left out, it is logged. */
  readonly onError?: (error: unknown, context: MessageContext) => unknown;
  /**
   * Messages may have been missed: the connection was lost, or replaced, and works again. Called at the point of the
   * gap: the next message waits until it is done. If left out, it is logged.
   */
  readonly onGap?: () => unknown;
  /** The backlog is full: messages are dropped until the listener has caught up. If left out, it is logged. */
  readonly onOverflow?: () => unknown;
}

/** How `subscribe` listens. @publicApi */
export interface SubscribeOptions extends PsubscribeOptions, ChannelOptions {}

export const psubscribeNames: NamesOf<PsubscribeOptions> = {
  version: true,
  raw: 'flag',
  signal: true,
  backlog: true,
  backlogBytes: true,
  onError: true,
  onGap: true,
  onOverflow: true,
};
export const subscribeNames: NamesOf<SubscribeOptions> = { ...channelNames, ...psubscribeNames };

/** The hooks of a subscription, besides its listener. */
export type SubscriptionHooks = Pick<SubscribeOptions, 'onError' | 'onGap' | 'onOverflow'>;

/** The limits of the backlog. */
export interface BacklogLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** @throws TypeError for invalid options */
export function limitsOf({
  backlog = 1000,
  backlogBytes = 16 * 1024 * 1024,
}: Pick<SubscribeOptions, 'backlog' | 'backlogBytes'>): BacklogLimits {
  return {
    messages: countArgument(backlog, 'backlog', 1),
    bytes: countArgument(backlogBytes, 'backlogBytes', 1),
  };
}

/** @throws TypeError if it is not a function */
export function checkHooks({
  onError,
  onGap,
  onOverflow,
}: { readonly [Name in keyof SubscriptionHooks]?: unknown }): void {
  for (const [name, hook] of Object.entries({ onError, onGap, onOverflow })) {
    if (hook !== undefined) functionArgument(hook, name);
  }
}
