import type { Blocked } from './database/blocking.js';
import { commands } from './commands/index.js';
import { carryOut, carryOutNow } from './engine/carry-out.js';
import type { Client } from './engine/client.js';
import { find, resolve } from './engine/resolve.js';
import type { Bytes } from './protocol/bytes.js';
import { type Answer, ReplyError, Status } from './protocol/reply.js';

const QUEUED = new Status('QUEUED');

/** What a client's command gives, queued if a transaction is open; errors are answers. */
export function dispatch(client: Client, name: Bytes, args: readonly Bytes[]): Answer | Blocked {
  const { transaction } = client;
  try {
    const call = resolve(commands, name, args);
    if (client.subscriptionCount > 0 && !call.command.forSubscriber) throw subscribersOnly(name);
    if (!transaction || call.command.isNeverQueued) return carryOut(client, call);
    transaction.calls.push({ needsLua: call.command.needsLua ?? false, run: () => carryOutNow(client, call) });
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

function subscribersOnly(name: Bytes): ReplyError {
  return new ReplyError(
    `ERR Can't execute '${name.toLowerCase()}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  );
}

/** Will the next command run a script, be it one that waits in the transaction? */
export function needsLua({ transaction }: Client, name: Bytes, [subcommand = '']: readonly Bytes[]): boolean {
  if (transaction) return /^exec$/i.test(name) && transaction.calls.some((call) => call.needsLua);
  const found = find(commands, name);
  const command = found && 'subcommands' in found ? found.subcommands[subcommand.toUpperCase()] : found;
  return command?.needsLua ?? false;
}
