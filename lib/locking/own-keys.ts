import { checkVersion, type OwnSpace, type Version } from '../arguments/version.js';
import { textArgument } from '../arguments/arguments.js';
import { WireKey } from '../command-model/command.js';
import type { CommandExecutor } from '../execution/command-executor.js';

/**
 * Names the library's own keys for one lock or semaphore, apart from those of users: `shop:lock:{1:stock}` for what is
 * held, `shop:lock:{1:stock}:line` for the part `line` of it. Whatever the name, the braces keep them in one slot of a
 * cluster.
 */
export function ownKeys(
  executor: Pick<CommandExecutor, 'ownName'>,
  space: OwnSpace,
  name: string,
  version: Version,
): (part?: string) => WireKey {
  if (textArgument(name, 'A name') === '') throw new TypeError('A lock or semaphore must have a name');
  const held = executor.ownName(space, `{${checkVersion(version)}:${name}}`);
  return (part) => new WireKey(name, version, part === undefined ? held : `${held}:${part}`);
}
