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

const highestPort = 65_535;

/** The driver and Node.js throw where nobody can catch it if they are to connect to anything else. */
export const isPort = (port: unknown): port is number =>
  Number.isInteger(port) && Number(port) >= 0 && Number(port) <= highestPort;

/** Splits `host:port`; the host may contain colons. */
export function addressIn(name: string): Address {
  const colon = name.lastIndexOf(':');
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
}
