import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Redis } from 'ioredis';
import { quoted } from '../../errors/quoted.js';
import { type Address, addressIn, isPort, mapped, type NatMap } from './nat-map.js';

/** `host:port` of the server that Sentinels have last named to a client, in their own words. */
const named = new WeakMap<Redis, string>();
/** The address behind that name, once it is resolved. */
const behind = new WeakMap<Redis, readonly string[]>();

export const namedFor = (redis: Redis): string | undefined => named.get(redis);

export const namedPeers = (redis: Redis): readonly string[] => behind.get(redis) ?? [];

/** From here on the client's next server is unknown. */
export const forgetName = (redis: Redis): boolean => named.delete(redis);

/**
 * Wraps the user's address map to record what Sentinels tell a client. Its errors count as those of the Sentinel: the
 * next one is asked. With an address that is none, the driver would give up for ever.
 */
export function hearSentinels(client: () => Redis, natMap: NatMap): (name: string) => Address {
  return (name) => {
    const redis = client();
    const there = mapped(name, natMap) ?? addressIn(name);
    if (!isPort(there.port)) throw new Error(`it names a server without an address: ${quoted(name)}`);
    if (named.get(redis) !== name) behind.delete(redis);
    named.set(redis, name);
    return there;
  };
}

/** Resolves the last name, for sockets that do not report their address. */
export async function lookUpName(redis: Redis): Promise<void> {
  const name = named.get(redis);
  if (name === undefined) return;
  const peers = await peersBehind(mapped(name, redis.options.natMap) ?? addressIn(name));
  if (named.get(redis) === name) behind.set(redis, peers);
}

/** The remote addresses of connections to a server, by its name if nothing else is known. */
export async function peersBehind({ host, port }: Address): Promise<string[]> {
  const found = isIP(host) ? [] : await lookup(host, { all: true }).catch(() => []);
  return [host, ...found.map(({ address }) => address)].map((each) => `${each}:${port}`);
}
