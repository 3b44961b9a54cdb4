import { CommandGroup, type Surface } from '../commands/command-group.js';
import { BitmapCommands } from '../commands/bitmap.commands.js';
import { ConditionalCommands } from '../commands/conditional.commands.js';
import { GeoCommands } from '../commands/geo.commands.js';
import { HashExpiryCommands } from '../commands/hash-expiry.commands.js';
import { HashFieldCommands } from '../commands/hash-field.commands.js';
import { HashCommands } from '../commands/hash.commands.js';
import { HyperLogLogCommands } from '../commands/hyper-log-log.commands.js';
import { KeyCopyCommands } from '../commands/key-copy.commands.js';
import { KeyCommands } from '../commands/key.commands.js';
import { ListCommands } from '../commands/list.commands.js';
import { PublishingCommands } from '../commands/publishing.commands.js';
import { ScriptCommands } from '../scripting/script.commands.js';
import { SetCommands } from '../commands/set.commands.js';
import { SortedSetCommands } from '../commands/sorted-set.commands.js';
import { SortedSetRangeCommands } from '../commands/sorted-set-range.commands.js';
import { SortedSetAlgebraCommands } from '../commands/sorted-set-algebra.commands.js';
import { SortedSetLexCommands } from '../commands/sorted-set-lex.commands.js';
import { SortedSetPopCommands } from '../commands/sorted-set-pop.commands.js';
import { StreamCommands } from '../commands/stream.commands.js';
import { StreamGroupCommands } from '../commands/stream-group.commands.js';
import { StreamInfoCommands } from '../commands/stream-info.commands.js';
import { StreamPendingCommands } from '../commands/stream-pending.commands.js';
import { StringCommands } from '../commands/string.commands.js';
import { TextCommands } from '../commands/text.commands.js';

const groups = [
  StringCommands,
  ConditionalCommands,
  TextCommands,
  BitmapCommands,
  HyperLogLogCommands,
  KeyCommands,
  KeyCopyCommands,
  HashCommands,
  HashFieldCommands,
  HashExpiryCommands,
  SetCommands,
  SortedSetCommands,
  SortedSetRangeCommands,
  SortedSetLexCommands,
  SortedSetAlgebraCommands,
  SortedSetPopCommands,
  GeoCommands,
  ListCommands,
  StreamCommands,
  StreamGroupCommands,
  StreamInfoCommands,
  StreamPendingCommands,
  PublishingCommands,
  ScriptCommands,
];

/**
 * All single commands of the library: {@link CachexService} sends them, {@link Pipeline} queues them.
 *
 * The interface gives the class the groups' types; their methods are copied once, when the module is loaded.
 */
export interface Commands<S extends Surface>
  extends
    StringCommands<S>,
    ConditionalCommands<S>,
    TextCommands<S>,
    BitmapCommands<S>,
    HyperLogLogCommands<S>,
    KeyCommands<S>,
    KeyCopyCommands<S>,
    HashCommands<S>,
    HashFieldCommands<S>,
    HashExpiryCommands<S>,
    SetCommands<S>,
    SortedSetCommands<S>,
    SortedSetRangeCommands<S>,
    SortedSetLexCommands<S>,
    SortedSetAlgebraCommands<S>,
    SortedSetPopCommands<S>,
    GeoCommands<S>,
    ListCommands<S>,
    StreamCommands<S>,
    StreamGroupCommands<S>,
    StreamInfoCommands<S>,
    StreamPendingCommands<S>,
    PublishingCommands<S>,
    ScriptCommands<S> {}

export abstract class Commands<S extends Surface> extends CommandGroup<S> {}

/** Adds the methods of groups to a class; its interface declares them for the compiler. */
export function mergeGroups(target: { prototype: object }, merged: readonly { prototype: object }[]): void {
  for (const group of merged) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(group.prototype))) {
      if (name !== 'constructor') Object.defineProperty(target.prototype, name, descriptor);
    }
  }
}

mergeGroups(Commands, groups);
