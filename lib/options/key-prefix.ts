import { textArgument } from '../arguments/arguments.js';
import type { ResolvedCachexOptions, ResolvedConnection } from './resolved.options.js';
import { RESERVED } from '../arguments/version.js';

/** The options that determine the names of an instance's keys. */
type Keyspace = Pick<ResolvedCachexOptions, 'keyPrefix' | 'version' | 'keyFunction' | 'connection'>;

/**
 * Returns the prefix, unless its keys could be locks, semaphores or tags of a cache with a shorter prefix.
 *
 * @throws TypeError if they could
 */
export function checkKeyPrefix(value: unknown, what = 'keyPrefix'): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the check itself reports anything but a string
  const prefix = textArgument(value as string, what);
  const reserved = prefix
    .split(':')
    .slice(1)
    .find((part) => RESERVED.has(part));
  if (reserved === undefined) return prefix;
  throw new TypeError(
    `${what} must not have '${reserved}' between colons: ` +
      `keys under that name are reserved for a cache with the shorter prefix`,
  );
}

/** Whether keys of one may be keys of the other: `1:user` of `shop` is `user` of `shop:1`. */
export function mayShareKeys(one: Keyspace, other: Keyspace): boolean {
  if (one.keyFunction || other.keyFunction || !areSameServers(one.connection, other.connection)) return false;
  const [short, long] = one.keyPrefix.length <= other.keyPrefix.length ? [one, other] : [other, one];
  const head = `${short.keyPrefix}:${short.version}`;
  return long.keyPrefix === head || long.keyPrefix.startsWith(`${head}:`);
}

function areSameServers(one: ResolvedConnection, other: ResolvedConnection): boolean {
  const address = addressOf(one);
  return address !== undefined && address === addressOf(other);
}

/** `undefined` for data that no other instance shares. */
function addressOf(connection: ResolvedConnection): string | undefined {
  switch (connection.type) {
    case 'standalone':
      return JSON.stringify([connection.path ?? [connection.host, connection.port], connection.db]);
    case 'sentinel':
      return JSON.stringify([connection.name, sorted(connection.sentinels), connection.db]);
    case 'cluster':
      return JSON.stringify(sorted(connection.nodes));
    case 'memory':
      return connection.name;
  }
}

function sorted(addresses: readonly { readonly host: string; readonly port: number }[]): string[] {
  return addresses.map(({ host, port }) => `${host}:${port}`).sort();
}
