import type { RedisOptions } from 'ioredis';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type NatMap = RedisOptions['natMap'];

/** What the user's map has for an address, which is `host:port`. */
export function mapped(address: string, natMap: NatMap): Address | null | undefined {
  return typeof natMap === 'function' ? natMap(address) : natMap?.[address];
}

/** What `host:port` means; the host may have colons in it. */
export function addressIn(name: string): Address {
  const colon = name.lastIndexOf(':');
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
}
