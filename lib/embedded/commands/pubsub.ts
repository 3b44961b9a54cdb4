import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { subscribe, unsubscribe } from '../engine/pubsub.js';
import { patternMatcher } from './scan.js';

type Kind = 'channels' | 'patterns' | 'shardChannels';

/** Shard channels are counted by themselves. */
function countOf(client: Client, kind: Kind): number {
  return kind === 'shardChannels' ? client.shardChannels.size : client.subscriptionCount;
}

/** Answers with a list of acknowledgements, which a server would send one by one. */
function addSubscriptions(kind: Kind, word: string): Run {
  return (client, names) =>
    names.map((name) => {
      client[kind].add(name);
      subscribe(client.engine.pubsub[kind], name, client);
      return [word, name, countOf(client, kind)];
    });
}

/** Without names, ends all subscriptions of that kind. */
function endSubscriptions(kind: Kind, word: string): Run {
  return (client, names) => {
    const ended = names.length > 0 ? names : [...client[kind]];
    if (ended.length === 0) return [[word, null, countOf(client, kind)]];
    return ended.map((name) => {
      client[kind].delete(name);
      unsubscribe(client.engine.pubsub[kind], name, client);
      return [word, name, countOf(client, kind)];
    });
  };
}

function publishInShard({ engine }: Client, [channel = '', message = '']: readonly Bytes[]): number {
  return engine.pubsub.publishInShard(channel, message);
}

function publish({ engine }: Client, [channel = '', message = '']: readonly Bytes[]): number {
  return engine.pubsub.publish(channel, message);
}

function listChannels(kind: 'channels' | 'shardChannels'): Run {
  return ({ engine }, [pattern = '*']) => [...engine.pubsub[kind].keys()].filter(patternMatcher(pattern));
}

function countSubscribers(kind: 'channels' | 'shardChannels'): Run {
  return ({ engine }, names) => names.flatMap((name) => [name, engine.pubsub[kind].get(name)?.size ?? 0]);
}

export const pubsubCommands: CommandTable = {
  SUBSCRIBE: { arity: -2, noScript: true, forSubscriber: true, run: addSubscriptions('channels', 'subscribe') },
  PSUBSCRIBE: { arity: -2, noScript: true, forSubscriber: true, run: addSubscriptions('patterns', 'psubscribe') },
  UNSUBSCRIBE: { arity: -1, noScript: true, forSubscriber: true, run: endSubscriptions('channels', 'unsubscribe') },
  PUNSUBSCRIBE: { arity: -1, noScript: true, forSubscriber: true, run: endSubscriptions('patterns', 'punsubscribe') },
  SSUBSCRIBE: { arity: -2, noScript: true, forSubscriber: true, run: addSubscriptions('shardChannels', 'ssubscribe') },
  SUNSUBSCRIBE: {
    arity: -1,
    noScript: true,
    forSubscriber: true,
    run: endSubscriptions('shardChannels', 'sunsubscribe'),
  },
  SPUBLISH: { arity: 3, run: publishInShard },
  PUBLISH: { arity: 3, run: publish },
  PUBSUB: {
    subcommands: {
      CHANNELS: { arity: -2, run: listChannels('channels') },
      NUMSUB: { arity: -2, run: countSubscribers('channels') },
      SHARDCHANNELS: { arity: -2, run: listChannels('shardChannels') },
      SHARDNUMSUB: { arity: -2, run: countSubscribers('shardChannels') },
      NUMPAT: { arity: 2, run: ({ engine }) => engine.pubsub.patterns.size },
    },
  },
};
