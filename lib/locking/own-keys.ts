import { textArgument } from '../commands/arguments.js';
import { type Version, WireKey } from '../commands/command.js';
import { checkVersion } from '../options/version.js';

/**
 * The library's own keys for one lock or semaphore, apart from those of users: `shop:lock:{1:stock}` for what is held,
 * and `shop:lock:{1:stock}:line` for the part `line` of it. Whatever the name, the braces keep them in one slot of a
 * cluster.
 */
export function ownKeys<P extends string>(
  head: string,
  name: string,
  version: Version,
  parts: readonly P[],
): Record<'held' | P, WireKey> {
  if (textArgument(name, 'A name') === '') throw new TypeError('A lock or semaphore must have a name');
  const held = `${head}:{${checkVersion(version)}:${name}}`;
  const entries = parts.map((part) => [part, new WireKey(name, version, `${held}:${part}`)]);
  return { held: new WireKey(name, version, held), ...Object.fromEntries(entries) };
}
