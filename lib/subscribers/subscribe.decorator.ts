import { listArgument, textArgument } from '../arguments/arguments.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { instanceMethod } from '../nest/declared-method.js';
import { MethodDiscovery } from '../nest/method-discovery.js';
import {
  checkHooks,
  limitsOf,
  type MessageContext,
  subscribeNames,
  type SubscribeOptions,
} from '../pubsub/subscribe.options.js';

/** How {@link Subscribe} listens. @publicApi */
export interface SubscribeDecoratorOptions<Provider = object> extends Omit<
  SubscribeOptions,
  'signal' | 'onError' | 'onGap' | 'onOverflow'
> {
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
  /** Whether the names are glob patterns; if omitted, names with `*`, `?` or `[` are. */
  readonly pattern?: boolean;
  /** As in `subscribe`; also gets the object of the decorated method. */
  readonly onError?: (error: unknown, context: MessageContext, provider: Provider) => unknown;
  /** As in `subscribe`; also gets the object of the decorated method. */
  readonly onGap?: (provider: Provider) => unknown;
  /** As in `subscribe`; also gets the object of the decorated method. */
  readonly onOverflow?: (provider: Provider) => unknown;
}

const { signal: _, ...shared } = subscribeNames;
const known: NamesOf<SubscribeDecoratorOptions> = { ...shared, cache: true, pattern: 'flag' };

/** The channels of one decorator, and its options. */
export interface DeclaredSubscriber {
  readonly channels: readonly string[];
  readonly patterns: readonly string[];
  readonly options: SubscribeDecoratorOptions<never>;
}

export const subscribers = new MethodDiscovery<DeclaredSubscriber>('nest-cachex:subscribers', 'subscribe to channels');

type Handles = (message: never, context: MessageContext) => unknown;

/**
 * Calls the method with every message that is published to the channels, from the start of the application to its
 * shutdown. A name with `*`, `?` or `[` is a pattern. A message is delivered at most once; see `subscribe` of the
 * cache. While Redis is away, the subscription waits. Redis: `SUBSCRIBE`, `PSUBSCRIBE`, `SSUBSCRIBE`.
 *
 * @publicApi
 * @example
 * @Subscribe('orders.*', { onGap: (board: LeaderboardService) => board.reload() })
 * async count(order: Order, { channel }: MessageContext): Promise<void> { … }
 */
export function Subscribe<Provider extends object = object>(
  channels: string | readonly string[],
  options: SubscribeDecoratorOptions<Provider> = {},
): <Method extends Handles>(
  target: Provider,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void {
  checkOptions(options, known, 'The options of @Subscribe', "{ cache: 'sessions' }");
  limitsOf(options);
  checkHooks(options);
  const declared = { ...sorted(channels, options.pattern), options };
  if (options.sharded && declared.patterns.length > 0) {
    throw new TypeError('@Subscribe takes no patterns if sharded is on: sharded channels match none');
  }
  return (target, name, descriptor) => {
    subscribers.declare(instanceMethod('@Subscribe', target, name, descriptor).method, declared);
  };
}

function sorted(
  names: string | readonly string[],
  pattern: boolean | undefined,
): Pick<DeclaredSubscriber, 'channels' | 'patterns'> {
  const list = typeof names === 'string' ? [names] : listArgument(names, 'The channels of @Subscribe');
  if (list.length === 0 || list.some((name) => textArgument(name, 'A channel of @Subscribe') === '')) {
    throw new TypeError('@Subscribe needs a channel');
  }
  const isPattern = (name: string): boolean => pattern ?? /[*?[]/.test(name);
  return { channels: list.filter((name) => !isPattern(name)), patterns: list.filter(isPattern) };
}
