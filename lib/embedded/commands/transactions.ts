import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { type Answer, ok, ReplyError } from '../protocol/reply.js';

function multi(client: Client): Answer {
  if (client.transaction) throw new ReplyError('ERR MULTI calls can not be nested');
  client.transaction = { calls: [], isAborted: false };
  return ok;
}

function exec(client: Client): Answer {
  const { transaction } = client;
  if (!transaction) throw new ReplyError('ERR EXEC without MULTI');
  client.transaction = undefined;
  client.checkWatched();
  const { isDirty } = client;
  client.unwatch();
  if (transaction.isAborted) {
    throw new ReplyError('EXECABORT Transaction discarded because of previous errors.');
  }
  return isDirty ? null : transaction.calls.map((call) => call.run());
}

function discard(client: Client): Answer {
  if (!client.transaction) throw new ReplyError('ERR DISCARD without MULTI');
  client.transaction = undefined;
  client.unwatch();
  return ok;
}

function watch(client: Client, keys: readonly Bytes[]): Answer {
  if (client.transaction) throw new ReplyError('ERR WATCH inside MULTI is not allowed');
  for (const key of keys) client.watch(key);
  return ok;
}

function unwatch(client: Client): Answer {
  client.unwatch();
  return ok;
}

export const transactionCommands: CommandTable = {
  MULTI: { arity: 1, noScript: true, isNeverQueued: true, run: multi },
  EXEC: { arity: 1, noScript: true, isNeverQueued: true, isWrite: true, run: exec },
  DISCARD: { arity: 1, noScript: true, isNeverQueued: true, run: discard },
  WATCH: { arity: -2, noScript: true, isNeverQueued: true, run: watch },
  UNWATCH: { arity: 1, noScript: true, run: unwatch },
};
