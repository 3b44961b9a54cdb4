import type { Blocked } from '../database/blocking.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from './client.js';
import type { Answer } from '../protocol/reply.js';

/** Carries a command out; the arguments come without its name. Throws a ReplyError for an error reply. */
export type Run = (client: Client, args: readonly Bytes[]) => Answer | Blocked;

export interface Command {
  /** As Redis counts: the name included, negative for a minimum. */
  readonly arity: number;
  readonly run: Run;
  /** May change data. */
  readonly isWrite?: true;
  /** Not for scripts. */
  readonly noScript?: true;
  /** Carried out at once between MULTI and EXEC. */
  readonly isNeverQueued?: true;
  /** Allowed to a client that has subscribed. */
  readonly forSubscriber?: true;
  /** Needs the Lua interpreter. */
  readonly needsLua?: true;
}

/** A command with its arguments. */
export interface Call {
  readonly command: Command;
  readonly args: readonly Bytes[];
}

/** A command that is named by two words. */
export interface Container {
  readonly subcommands: Readonly<Record<string, Command>>;
}

/** Commands by their names in upper case: a family of them, */
export type CommandTable = Readonly<Record<string, Command | Container>>;
/** and all that the engine knows. */
export type Commands = ReadonlyMap<string, Command | Container>;
