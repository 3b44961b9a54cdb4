import type { Blocked } from '../database/blocking.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from './client.js';
import type { Answer } from '../protocol/reply.js';

/** Runs a command; the arguments exclude its name. Throws a ReplyError for an error reply. */
export type Run = (client: Client, args: readonly Bytes[]) => Answer | Blocked;

export interface Command {
  readonly subcommands?: undefined;
  /** As Redis counts: including the name, negative for a minimum. */
  readonly arity: number;
  readonly run: Run;
  /** May change data. */
  readonly isWrite?: true;
  /** Not allowed in scripts. */
  readonly noScript?: true;
  /** Runs at once between MULTI and EXEC. */
  readonly isNeverQueued?: true;
  /** Allowed for a client with subscriptions. */
  readonly forSubscriber?: true;
  /** Needs the Lua interpreter. */
  readonly needsLua?: true;
}

/** A command with its arguments. */
export interface Call {
  readonly command: Command;
  readonly args: readonly Bytes[];
}

/** A command with subcommands. */
export interface Container {
  readonly subcommands: Readonly<Record<string, Command>>;
}

/** A family of commands by name in upper case. */
export type CommandTable = Readonly<Record<string, Command | Container>>;
/** All commands of the engine by name in upper case. */
export type Commands = ReadonlyMap<string, Command | Container>;
