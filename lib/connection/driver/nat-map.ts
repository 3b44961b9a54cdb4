import type { RedisOptions } from 'ioredis';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type NatMap = RedisOptions['natMap'];

/** The user's mapping of an address, which is `host:port`. */
export function mapped(address: string, natMap: NatMap): Address | null | undefined {
  return typeof natMap === 'function' ? natMap(address) : natMap?.[address];
}

/** Splits `host:port`; the host may contain colons. */
export function addressIn(name: string): Address {
  const colon = name.lastIndexOf(':');
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
}
