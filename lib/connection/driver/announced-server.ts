import type { Redis } from 'ioredis';
import { mapped, type NatMap } from './nat-map.js';
import { namedFor, peersBehind } from './named-servers.js';
import { isOnItsWay, peersOf } from './peer.js';

/** A server as Sentinels announce it: by address or by name. */
export class AnnouncedServer {
  private constructor(
    private readonly name: string,
    /** The remote addresses of its connections. */
    private readonly peers: readonly string[],
  ) {}

  /** Resolves the name of a server. */
  static async of(host: string, port: string, natMap: NatMap): Promise<AnnouncedServer> {
    const name = `${host}:${port}`;
    return new AnnouncedServer(name, await peersBehind(mapped(name, natMap) ?? { host, port: Number(port) }));
  }

  /** Whether a connection leads, or is being made, to another server; `false` while the Sentinels are being asked. */
  isLeftBy(redis: Redis): boolean {
    if (!isOnItsWay(redis) || namedFor(redis) === this.name) return false;
    return !peersOf(redis).some((peer) => this.peers.includes(peer));
  }
}
