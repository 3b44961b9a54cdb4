import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Redis } from 'ioredis';
import { type Address, addressIn, mapped, type NatMap } from './nat-map.js';

/** `host:port` of the server that Sentinels have named for a client last, in their own words. */
const named = new WeakMap<Redis, string>();
/** What is behind that name, once it is looked up. */
const behind = new WeakMap<Redis, readonly string[]>();

export const namedFor = (redis: Redis): string | undefined => named.get(redis);

export const namedPeers = (redis: Redis): readonly string[] => behind.get(redis) ?? [];

/** From here on it is not known whom the client will be connected to. */
export const forgetName = (redis: Redis): boolean => named.delete(redis);

/** The user's map of addresses, by which it is kept in mind what Sentinels say to a client. */
export function hearSentinels(client: () => Redis, natMap: NatMap): (name: string) => Address | null {
  return (name) => {
    const redis = client();
    const there = mapped(name, natMap) ?? null;
    if (named.get(redis) !== name) behind.delete(redis);
    named.set(redis, name);
    return there;
  };
}

/** Finds out what is behind the name that was heard last, where the socket does not tell. */
export async function lookUpName(redis: Redis): Promise<void> {
  const name = named.get(redis);
  if (name === undefined) return;
  const peers = await peersBehind(mapped(name, redis.options.natMap) ?? addressIn(name));
  if (named.get(redis) === name) behind.set(redis, peers);
}

/** What connections to a server have at their other ends, by its name where that is all that is known. */
export async function peersBehind({ host, port }: Address): Promise<string[]> {
  const found = isIP(host) ? [] : await lookup(host, { all: true }).catch(() => []);
  return [host, ...found.map(({ address }) => address)].map((each) => `${each}:${port}`);
}
