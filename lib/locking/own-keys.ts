import { partOf, type Place, versionAt } from '../arguments/scope.js';
import { checkVersion } from '../arguments/version.js';
import { textArgument } from '../arguments/arguments.js';
import { WireKey } from '../command-model/command.js';
import type { CommandExecutor } from '../execution/command-executor.js';

/** Where the keys of each kind are, apart from those of users. */
const places = {
  lock: ['lock', ''],
  sem: ['sem', ''],
  rw: ['own', 'rw:'],
  leader: ['own', 'leader:'],
  once: ['own', 'once:'],
  idem: ['own', 'idem:'],
} as const;

/** The key of the lock or semaphore itself, or of one of its parts. */
export type OwnKeys = (part?: string) => WireKey;

/**
 * Names the library's own keys for one lock or semaphore: `shop:lock:{1:stock}` for the lock,
 * `shop:lock:{1:stock}:line` for its part `line`. Whatever the name, the braces keep them in one slot of a cluster.
 */
export function ownKeys(
  executor: Pick<CommandExecutor, 'ownName'>,
  kind: keyof typeof places,
  name: string,
  version: Place,
): OwnKeys {
  if (textArgument(name, 'A name') === '') throw new TypeError('A lock or semaphore must have a name');
  const [space, head] = places[kind];
  const held = executor.ownName(space, `${head}{${checkVersion(versionAt(version))}:${name}}`, partOf(version));
  return (part) => new WireKey(name, version, part === undefined ? held : `${held}:${part}`);
}
