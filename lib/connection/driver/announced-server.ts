import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Redis, RedisOptions } from 'ioredis';
import { streamOf } from './internals.js';
import { peerOf } from './peer.js';

type NatMap = RedisOptions['natMap'];

/** `host:port` of the server that Sentinels have named for a client last, in their own words. */
const named = new WeakMap<Redis, string>();

/** The user's map of addresses, by which it is kept in mind what Sentinels say to a client. */
export function hearSentinels(client: () => Redis, natMap: NatMap): NatMap {
  return (address) => {
    named.set(client(), address);
    return mapped(address, natMap) ?? null;
  };
}

/** A server as Sentinels announce it: by its address, or by its name. */
export class AnnouncedServer {
  private constructor(
    private readonly name: string,
    /** What its connections have at their other ends. */
    private readonly peers: ReadonlySet<string>,
  ) {}

  /** Finds out what is behind a name. */
  static async of(host: string, port: string, natMap: NatMap): Promise<AnnouncedServer> {
    const name = `${host}:${port}`;
    const there = mapped(name, natMap) ?? { host, port };
    const addresses = isIP(there.host) ? [there.host] : await addressesOf(there.host);
    return new AnnouncedServer(name, new Set(addresses.map((address) => `${address}:${there.port}`)));
  }

  /** Whether a connection is to another server, or is being made to one; not while the Sentinels are being asked. */
  isLeftBy(redis: Redis): boolean {
    if (streamOf(redis)?.destroyed ?? true) return false;
    return named.get(redis) !== this.name && !this.peers.has(peerOf(redis));
  }
}

/** What the user's map has for an address. */
export function mapped(address: string, natMap: NatMap): { host: string; port: number } | null | undefined {
  return typeof natMap === 'function' ? natMap(address) : natMap?.[address];
}

async function addressesOf(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}
