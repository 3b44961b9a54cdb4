import type { Bytes } from '../protocol/bytes.js';
import { globMatches } from '../protocol/glob.js';

export interface Subscriber {
  deliver(channel: Bytes, message: Bytes, pattern?: Bytes): void;
}

type Subscriptions = Map<Bytes, Set<Subscriber>>;

/** The subscribers of each channel and pattern. */
export class PubSub {
  readonly channels: Subscriptions = new Map();
  readonly patterns: Subscriptions = new Map();

  readonly shardChannels: Subscriptions = new Map();

  /** Delivers a message and returns how many subscriptions it reached. */
  publish(channel: Bytes, message: Bytes): number {
    let receivers = deliver(this.channels, channel, message);
    for (const [pattern, subscribers] of this.patterns) {
      if (!globMatches(pattern, channel)) continue;
      for (const subscriber of subscribers) {
        subscriber.deliver(channel, message, pattern);
        receivers++;
      }
    }
    return receivers;
  }

  /** Like {@link publish}, to the subscriptions of a shard channel. */
  publishInShard(channel: Bytes, message: Bytes): number {
    return deliver(this.shardChannels, channel, message);
  }
}

function deliver(subscriptions: Subscriptions, channel: Bytes, message: Bytes): number {
  const subscribers = subscriptions.get(channel) ?? new Set<Subscriber>();
  for (const subscriber of subscribers) subscriber.deliver(channel, message);
  return subscribers.size;
}

export function subscribe(subscriptions: Subscriptions, name: Bytes, subscriber: Subscriber): void {
  const subscribers = subscriptions.get(name) ?? new Set();
  subscriptions.set(name, subscribers.add(subscriber));
}

export function unsubscribe(subscriptions: Subscriptions, name: Bytes, subscriber: Subscriber): void {
  const subscribers = subscriptions.get(name);
  subscribers?.delete(subscriber);
  if (subscribers?.size === 0) subscriptions.delete(name);
}
