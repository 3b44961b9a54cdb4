import type { Blocked } from './database/blocking.js';
import { commands } from './commands/index.js';
import { carryOut, carryOutNow } from './engine/carry-out.js';
import type { Client } from './engine/client.js';
import { find, resolve } from './engine/resolve.js';
import type { Bytes } from './protocol/bytes.js';
import { type Answer, ReplyError, Status } from './protocol/reply.js';

const queuedReply = new Status('QUEUED');

/** Runs a client's command, or queues it in an open transaction. Error replies are returned, not thrown. */
export function dispatch(client: Client, name: Bytes, args: readonly Bytes[]): Answer | Blocked {
  const { transaction } = client;
  try {
    const call = resolve(commands, name, args);
    if (client.isSubscriber && !call.command.forSubscriber) throw subscribersOnly(name);
    if (!transaction || call.command.isNeverQueued) return carryOut(client, call);
    transaction.calls.push({ needsLua: call.command.needsLua ?? false, run: () => carryOutNow(client, call) });
    return queuedReply;
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    if (transaction) transaction.isAborted = true;
    return /^exec$/i.test(name) ? refusedExec(client, error) : error;
  }
}

/** A malformed EXEC ends the transaction. */
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

/** Does the next command run a script, directly or as part of the queued transaction? */
export function needsLua({ transaction }: Client, name: Bytes, args: readonly Bytes[]): boolean {
  if (transaction) return /^exec$/i.test(name) && transaction.calls.some((call) => call.needsLua);
  const found = find(commands, name);
  const command = found?.subcommands ? found.subcommands[(args[0] ?? '').toUpperCase()] : found;
  return command?.needsLua ?? false;
}
