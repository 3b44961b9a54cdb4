import type { WireCommand } from '../../wire/connection-pool.js';
import { isWrongType } from '../../wire/server-errors.js';

/** Splits a command of several keys into commands of one key each, and combines their replies. */
export interface KeyByKey {
  readonly commands: readonly WireCommand[];
  readonly reply: (replies: readonly unknown[]) => unknown;
}

const counted = (replies: readonly unknown[]): unknown => {
  let sum = 0;
  for (const reply of replies) {
    if (reply instanceof Error) return reply;
    sum += Number(reply);
  }
  return sum;
};

/** MGET ignores keys of other types, where GET fails. */
const values = (replies: readonly unknown[]): unknown => {
  const read = replies.map((reply) => (isWrongType(reply) ? null : reply));
  return read.find((reply) => reply instanceof Error) ?? read;
};

const ways: Readonly<Record<string, readonly [name: string, reply: KeyByKey['reply']]>> = {
  MGET: ['GET', values],
  UNLINK: ['UNLINK', counted],
  DEL: ['DEL', counted],
  EXISTS: ['EXISTS', counted],
  TOUCH: ['TOUCH', counted],
};

/** For keys of one slot on two nodes; `undefined` for a command that cannot be split. */
export function keyByKey(command: WireCommand): KeyByKey | undefined {
  const way = ways[command.name];
  if (!way || command.args.length < 2) return undefined;
  const [name, reply] = way;
  return { commands: command.args.map((key) => ({ ...command, name, args: [key] })), reply };
}
