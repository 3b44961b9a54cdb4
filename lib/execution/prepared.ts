import type { Command } from '../command-model/command.js';
import type { WireArgument, WireCommand } from '../wire/connection-pool.js';
import { isWrongType } from '../wire/server-errors.js';
import { allOf } from '../waiting/all-of.js';
import { LateArguments } from './late-arguments.js';
import { inFull } from './script-calls.js';

/** A command whose arguments are encoded, as far as that is possible without asking a server. */
export interface Prepared<T = unknown> {
  readonly command: Command<T>;
  readonly args: WireArgument[] | LateArguments;
  readonly ahead?: readonly Prepared[];
  readonly behind?: readonly Prepared[];
  /** The form for servers that do not have the command. */
  readonly otherwise?: Prepared<T>;
  /** Set on a cluster only. */
  readonly slot?: number;
}

/** The arguments of a command cannot be encoded. */
export class NotEncoded extends Error {
  constructor(
    readonly command: Command<unknown>,
    override readonly cause: unknown,
  ) {
    super();
  }
}

/**
 * The commands as they are sent; a promise if an argument is not known yet.
 *
 * @throws NotEncoded
 */
export function wireCommands(batch: readonly Prepared[]): WireCommand[] | Promise<WireCommand[]> {
  return allOf(
    batch.map((prepared) => {
      const { args } = prepared;
      return args instanceof LateArguments
        ? args.complete().then(
            (completed) => wireCommand(prepared, completed),
            (cause) => {
              throw new NotEncoded(prepared.command, cause);
            },
          )
        : wireCommand(prepared, args);
    }),
  );
}

function wireCommand({ command: { name, access, script }, slot }: Prepared, args: WireArgument[]): WireCommand {
  const call = { name, args, access, slot };
  return script ? inFull(script, call) : call;
}

/** Puts each command between those that go ahead of it and those behind it. */
export function withOthers(batch: readonly Prepared[]): readonly Prepared[] {
  if (!batch.some(({ ahead }) => ahead)) return batch;
  return batch.flatMap(withItsOthers);
}

/** The command with those around it. */
export function withItsOthers(prepared: Prepared): readonly Prepared[] {
  const { ahead = none, behind = none } = prepared;
  return [...ahead, prepared, ...behind];
}

const none: readonly Prepared[] = [];

/**
 * The error of a command and those around it. If the key holds another type than the commands ahead expected, the
 * command itself may still succeed.
 */
export function errorAmong(
  replies: readonly unknown[],
  { ahead = none }: { readonly ahead?: readonly unknown[] },
): unknown {
  const own = replies[ahead.length];
  if (own instanceof Error) return own;
  return replies.find((reply) => reply instanceof Error && !isWrongType(reply));
}
