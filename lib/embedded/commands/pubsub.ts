import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { subscribe, unsubscribe } from '../engine/pubsub.js';
import type { Answer } from '../protocol/reply.js';
import { patternMatcher } from './scan.js';

type Kind = 'channels' | 'patterns';

/** Answers with a list of acknowledgements, which a server would send one by one. */
function addSubscriptions(kind: Kind, word: string): Run {
  return (client, names) =>
    names.map((name) => {
      client[kind].add(name);
      subscribe(client.engine.pubsub[kind], name, client);
      return [word, name, client.subscriptionCount];
    });
}

/** Without names, ends all subscriptions of that kind. */
function endSubscriptions(kind: Kind, word: string): Run {
  return (client, names) => {
    const ended = names.length > 0 ? names : [...client[kind]];
    if (ended.length === 0) return [[word, null, client.subscriptionCount]];
    return ended.map((name) => {
      client[kind].delete(name);
      unsubscribe(client.engine.pubsub[kind], name, client);
      return [word, name, client.subscriptionCount];
    });
  };
}

function publish({ engine }: Client, [channel = '', message = '']: readonly Bytes[]): number {
  return engine.pubsub.publish(channel, message);
}

function listChannels({ engine }: Client, [pattern = '*']: readonly Bytes[]): Answer {
  return [...engine.pubsub.channels.keys()].filter(patternMatcher(pattern));
}

function countSubscribers({ engine }: Client, channels: readonly Bytes[]): Answer {
  return channels.flatMap((channel) => [channel, engine.pubsub.channels.get(channel)?.size ?? 0]);
}

export const pubsubCommands: CommandTable = {
  SUBSCRIBE: { arity: -2, noScript: true, forSubscriber: true, run: addSubscriptions('channels', 'subscribe') },
  PSUBSCRIBE: { arity: -2, noScript: true, forSubscriber: true, run: addSubscriptions('patterns', 'psubscribe') },
  UNSUBSCRIBE: { arity: -1, noScript: true, forSubscriber: true, run: endSubscriptions('channels', 'unsubscribe') },
  PUNSUBSCRIBE: { arity: -1, noScript: true, forSubscriber: true, run: endSubscriptions('patterns', 'punsubscribe') },
  PUBLISH: { arity: 3, run: publish },
  PUBSUB: {
    subcommands: {
      CHANNELS: { arity: -2, run: listChannels },
      NUMSUB: { arity: -2, run: countSubscribers },
      NUMPAT: { arity: 2, run: ({ engine }) => engine.pubsub.patterns.size },
    },
  },
};
