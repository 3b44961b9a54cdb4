import { Blocked } from './blocking.js';
import { type Bytes, cString } from './bytes.js';
import type { Call, Client } from './client.js';
import type { Command, Container } from './command.js';
import { commands } from './commands/index.js';
import { type Answer, attempt, ReplyError, Status, wrongArity } from './reply.js';

const QUEUED = new Status('QUEUED');
/** How much of a client's words an error repeats. */
const MAX_ECHO = 128;

function find(name: Bytes): Command | Container | undefined {
  return commands.get(name) ?? commands.get(name.toUpperCase());
}

/** Finds the command and checks how many arguments it has. */
export function resolve(name: Bytes, args: readonly Bytes[]): Call {
  const found = find(name);
  if (!found) throw unknownCommand(name, args);
  if (!('subcommands' in found)) return checkedCall(found, name, args, 1);
  const [subcommand = '', ...rest] = args;
  if (args.length === 0) throw wrongArity(name);
  const command = found.subcommands[subcommand.toUpperCase()];
  if (!command) {
    const container = name.toUpperCase();
    throw new ReplyError(`ERR unknown subcommand '${cString(subcommand).slice(0, MAX_ECHO)}'. Try ${container} HELP.`);
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
    if (echo.length >= MAX_ECHO) break;
    echo += `'${cString(arg).slice(0, MAX_ECHO - echo.length)}' `;
  }
  return new ReplyError(`ERR unknown command '${cString(name).slice(0, MAX_ECHO)}', with args beginning with: ${echo}`);
}

/** What a client's command gives, queued if a transaction is open; errors are answers. */
export function dispatch(client: Client, name: Bytes, args: readonly Bytes[]): Answer | Blocked {
  const { transaction } = client;
  try {
    const call = resolve(name, args);
    if (client.subscriptionCount > 0 && !call.command.forSubscriber) throw subscribersOnly(name);
    if (!transaction || call.command.isNeverQueued) return carryOut(client, call);
    transaction.calls.push(call);
    return QUEUED;
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    if (transaction) transaction.isAborted = true;
    return /^exec$/i.test(name) ? refusedExec(client, error) : error;
  }
}

/** An EXEC that cannot be understood ends the transaction. */
function refusedExec(client: Client, { message }: ReplyError): ReplyError {
  client.transaction = undefined;
  client.unwatch();
  return new ReplyError(`EXECABORT Transaction discarded because of: ${message.replace(/^ERR /, '')}`);
}

/** Carries a command out; errors are answers. */
export function carryOut(client: Client, { command, args }: Call): Answer | Blocked {
  return attempt(() => command.run(client, args));
}

/** As {@link carryOut} where nothing may block: a command that would wait has nothing to give. */
export function carryOutNow(client: Client, call: Call): Answer {
  const answer = carryOut(client, call);
  return answer instanceof Blocked ? null : answer;
}

function subscribersOnly(name: Bytes): ReplyError {
  return new ReplyError(
    `ERR Can't execute '${name.toLowerCase()}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  );
}

/** Will the next command run a script, be it one that waits in the transaction? */
export function needsLua({ transaction }: Client, name: Bytes, [subcommand = '']: readonly Bytes[]): boolean {
  if (transaction) return /^exec$/i.test(name) && transaction.calls.some(({ command }) => command.needsLua);
  const found = find(name);
  const command = found && 'subcommands' in found ? found.subcommands[subcommand.toUpperCase()] : found;
  return command?.needsLua ?? false;
}
