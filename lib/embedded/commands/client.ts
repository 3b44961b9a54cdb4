import { integer, Options } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { type Answer, ok, ReplyError, Status, syntaxError } from '../protocol/reply.js';

const unprintablePattern = /[^!-~]/;

function setName(client: Client, [name = '']: readonly Bytes[]): Answer {
  if (unprintablePattern.test(name)) {
    throw new ReplyError('ERR Client names cannot contain spaces, newlines or special characters.');
  }
  client.name = name;
  return ok;
}

function unblock({ clients }: Client, [id = '', how = 'TIMEOUT']: readonly Bytes[]): number {
  const mode = how.toUpperCase();
  if (mode !== 'TIMEOUT' && mode !== 'ERROR') {
    throw new ReplyError('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
  }
  const answer = mode === 'ERROR' ? new ReplyError('UNBLOCKED client unblocked via CLIENT UNBLOCK') : null;
  return Number(clients.get(integer(id))?.unblock?.(answer) ?? false);
}

function describe(client: Client): string {
  const subscriptions = `sub=${client.channels.size} psub=${client.patterns.size}`;
  const multi = client.transaction ? client.transaction.calls.length : -1;
  return `id=${client.id} addr=memory:0 name=${client.name} db=${client.db.index} ${subscriptions} multi=${multi}\n`;
}

function onOrOff(_client: Client, [mode = '']: readonly Bytes[]): Answer {
  if (!/^(?:on|off)$/i.test(mode)) throw syntaxError();
  return ok;
}

function track(client: Client, [mode = '', ...words]: readonly Bytes[]): Answer {
  const { engine } = client;
  const options = new Options(words);
  const prefixes: Bytes[] = [];
  let [isBroadcast, noLoop] = [false, false];
  let redirect = client;
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'BCAST') isBroadcast = true;
    else if (option === 'NOLOOP') noLoop = true;
    else if (option === 'PREFIX' && options.remaining > 0) prefixes.push(options.value());
    else if (option === 'REDIRECT' && options.remaining > 0) redirect = clientFrom(client, options.value());
    else throw syntaxError();
  }
  if (/^off$/i.test(mode)) {
    engine.tracking.disable(client);
    return ok;
  }
  if (!/^on$/i.test(mode)) throw syntaxError();
  if (prefixes.length > 0 && !isBroadcast) {
    throw new ReplyError('ERR PREFIX option requires BCAST mode to be enabled');
  }
  if (isBroadcast && prefixes.length === 0) prefixes.push('');
  engine.tracking.enable(client, { redirect, noLoop, prefixes: isBroadcast ? prefixes : undefined });
  return ok;
}

function clientFrom({ clients }: Client, argument: Bytes): Client {
  const found = clients.get(integer(argument));
  if (!found) throw new ReplyError('ERR The client ID you want redirect to does not exist');
  return found;
}

export const clientCommands: CommandTable = {
  CLIENT: {
    subcommands: {
      ID: { arity: 2, noScript: true, run: (client) => client.id },
      SETNAME: { arity: 3, noScript: true, run: setName },
      GETNAME: { arity: 2, noScript: true, run: (client) => (client.name === '' ? null : client.name) },
      SETINFO: { arity: 4, noScript: true, run: () => ok },
      INFO: { arity: 2, noScript: true, run: describe },
      LIST: {
        arity: -2,
        noScript: true,
        run: ({ clients }) => Array.from(clients.values(), describe).join(''),
      },
      UNBLOCK: { arity: -3, noScript: true, run: unblock },
      'NO-EVICT': { arity: 3, noScript: true, run: onOrOff },
      TRACKING: { arity: -3, noScript: true, run: track },
    },
  },
  QUIT: { arity: -1, noScript: true, isNeverQueued: true, forSubscriber: true, run: () => ok },
  RESET: {
    arity: 1,
    noScript: true,
    isNeverQueued: true,
    forSubscriber: true,
    run: (client) => {
      client.reset();
      return new Status('RESET');
    },
  },
};
