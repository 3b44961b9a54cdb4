import { type Bytes, cString } from '../protocol/bytes.js';
import { ReplyError, wrongArity } from '../protocol/reply.js';
import type { Call, Command, Commands, Container } from './command.js';

/** How much of a client's words an error repeats, in bytes. */
const maxEcho = 128;

export function find(commands: Commands, name: Bytes): Command | Container | undefined {
  return commands.get(name) ?? commands.get(name.toUpperCase());
}

/** Finds a command and checks its number of arguments. Throws a ReplyError. */
export function resolve(commands: Commands, name: Bytes, args: readonly Bytes[]): Call {
  const found = find(commands, name);
  if (!found) throw unknownCommand(name, args);
  if (!found.subcommands) return checkedCall(found, name, args, 1);
  const [subcommand = '', ...rest] = args;
  if (args.length === 0) throw wrongArity(name);
  const command = found.subcommands[subcommand.toUpperCase()];
  if (!command) {
    const container = name.toUpperCase();
    throw new ReplyError(`ERR unknown subcommand '${cString(subcommand).slice(0, maxEcho)}'. Try ${container} HELP.`);
  }
  return checkedCall(command, `${name}|${subcommand}`, rest, 2);
}

function checkedCall(command: Command, name: Bytes, args: readonly Bytes[], words: number): Call {
  const count = args.length + words;
  const isRight = command.arity < 0 ? count >= -command.arity : count === command.arity;
  if (!isRight) throw wrongArity(name);
  return { command, args };
}

function unknownCommand(name: Bytes, args: readonly Bytes[]): ReplyError {
  let echo = '';
  for (const arg of args) {
    if (echo.length >= maxEcho) break;
    echo += `'${cString(arg).slice(0, maxEcho - echo.length)}' `;
  }
  return new ReplyError(`ERR unknown command '${cString(name).slice(0, maxEcho)}', with args beginning with: ${echo}`);
}
