import type { WireCommand } from '../../wire/connection-pool.js';
import type { RedisLink } from './redis-link.js';
import { TimedCommand } from '../driver/reply-deadlines.js';

/** Where a call goes. */
export interface Place {
  readonly node: RedisLink;
  /** The slot is still being moved there. */
  readonly asking?: boolean;
  readonly isReplica?: boolean;
}

/** A node's refusal of a call. */
export class Refused {
  constructor(
    readonly place: Place,
    readonly error: Error,
    readonly wasSent: boolean,
  ) {}
}

/** The outcome of a failed attempt. */
export class Failure {
  constructor(
    readonly error: Error,
    readonly canRepeat: boolean,
  ) {}
}

export const canRepeat = (outcome: unknown): boolean => outcome instanceof Failure && outcome.canRepeat;

export const isReadOnly = (commands: readonly WireCommand[]): boolean =>
  commands.every(({ access }) => access === 'read');

/** Groups the positions of commands by slot; commands without a slot stay alone. */
export function indexesBySlot(commands: readonly WireCommand[]): number[][] {
  const groups = new Map<unknown, number[]>();
  for (const [index, command] of commands.entries()) {
    const group = groups.get(command.slot ?? command);
    if (group) group.push(index);
    else groups.set(command.slot ?? command, [index]);
  }
  return [...groups.values()];
}

/** Sends the call to a node that is ready, and leaves the driver's errors unchanged: the cluster interprets them. */
export function dispatch({ name, args }: WireCommand, node: RedisLink, leftMs: number, asking?: boolean): TimedCommand {
  const command = new TimedCommand(name, args, { deadlines: node.deadlines, explain: (error) => error });
  command.setTimeout(leftMs);
  if (asking) node.ask(leftMs);
  node.dispatch(command);
  return command;
}
