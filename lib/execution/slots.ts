import { quoted } from '../errors/quoted.js';
import { type Command, Key } from '../command-model/command.js';
import type { WireArgument } from '../wire/connection-pool.js';
import { CrossSlotError } from '../errors/index.js';
import type { KeyBuilder } from './key-builder.js';

/** A command and its slot. */
interface Placed {
  readonly command: Command<unknown>;
  readonly slot?: number;
}

/** Finds the slots of commands on a cluster. */
export class Slots {
  constructor(
    private readonly slotOf: (key: WireArgument) => number,
    private readonly keys: KeyBuilder,
  ) {}

  of(key: Key): number {
    return this.slotOf(this.keys.wire(key));
  }

  /**
   * The slot of all keys of a command, `undefined` if it has none.
   *
   * @throws CrossSlotError if they are in several
   */
  ofCommand(command: Command<unknown>): number | undefined {
    let first: Key | undefined;
    let slot: number | undefined;
    for (const arg of command.args) {
      if (!(arg instanceof Key)) continue;
      first ??= arg;
      const its = this.of(arg);
      slot ??= its;
      if (its !== slot) throw crossSlot(command.script ? `Script ${command.script.name}` : command.name, first, arg);
    }
    return slot;
  }

  /** @throws CrossSlotError if the commands of a transaction go to several slots */
  checkTransaction(commands: readonly Placed[]): void {
    const [first, ...others] = commands.filter(({ slot }) => slot !== undefined);
    const other = others.find(({ slot }) => slot !== first!.slot);
    if (other) throw crossSlot('A transaction', firstKey(first!), firstKey(other));
  }

  /** Groups keys that one command can take. */
  group(keys: readonly Key[]): Key[][] {
    const groups = new Map<number, Key[]>();
    for (const key of keys) {
      const slot = this.of(key);
      const group = groups.get(slot);
      if (group) group.push(key);
      else groups.set(slot, [key]);
    }
    return [...groups.values()];
  }
}

/** Consecutive pieces of at most `size` items. */
export function* chunksOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

const firstKey = ({ command }: Placed): Key => command.args.find((arg) => arg instanceof Key)!;

function crossSlot(what: string, first: Key, second: Key): CrossSlotError {
  return new CrossSlotError(
    `${what} needs all its keys in one slot of the cluster, but ${shown(first, second)} and ${shown(second, first)} ` +
      'are in different slots: give them the same hash tag, since only the text between braces decides the slot ' +
      '("{user:1}:a" and "{user:1}:b" share one)',
  );
}

/** Names the version if the keys differ in it: it is part of the key. */
function shown({ name, version }: Key, other: Key): string {
  return version === other.version ? quoted(name) : `${quoted(name)} of version ${String(version)}`;
}
