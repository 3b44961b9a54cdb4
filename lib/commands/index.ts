import { CommandGroup } from './command-group.js';
import { HashCommands } from './hash.commands.js';
import { KeyCommands } from './key.commands.js';
import { ListCommands } from './list.commands.js';
import { ScriptCommands } from './script.commands.js';
import { SetCommands } from './set.commands.js';
import { SortedSetCommands } from './sorted-set.commands.js';
import { SortedSetRangeCommands } from './sorted-set-range.commands.js';
import { StreamCommands } from './stream.commands.js';
import { StreamGroupCommands } from './stream-group.commands.js';
import { StreamPendingCommands } from './stream-pending.commands.js';
import { StringCommands } from './string.commands.js';

const groups = [
  StringCommands,
  KeyCommands,
  HashCommands,
  SetCommands,
  SortedSetCommands,
  SortedSetRangeCommands,
  ListCommands,
  StreamCommands,
  StreamGroupCommands,
  StreamPendingCommands,
  ScriptCommands,
];

/**
 * Every single command of the library, once: {@link CachexService} sends them, {@link Pipeline} queues them.
 *
 * The interface gives the class the groups' types; their methods are copied once, when the module is loaded.
 */
export interface Commands<S>
  extends
    StringCommands<S>,
    KeyCommands<S>,
    HashCommands<S>,
    SetCommands<S>,
    SortedSetCommands<S>,
    SortedSetRangeCommands<S>,
    ListCommands<S>,
    StreamCommands<S>,
    StreamGroupCommands<S>,
    StreamPendingCommands<S>,
    ScriptCommands<S> {}

export abstract class Commands<S> extends CommandGroup<S> {}

/** Gives a class the methods of groups; its interface says so to the compiler. */
export function mergeGroups(target: { prototype: object }, merged: readonly { prototype: object }[]): void {
  for (const group of merged) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(group.prototype))) {
      if (name !== 'constructor') Object.defineProperty(target.prototype, name, descriptor);
    }
  }
}

mergeGroups(Commands, groups);
