import { timeoutInSeconds } from '../protocol/arguments.js';
import { Blocked } from '../database/blocking.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import type { Database } from '../database/database.js';
import type { Answer } from '../protocol/reply.js';
import { List } from '../values/list.js';
import { type End, moveElement, popFirst, readEnd, take } from './lists.js';
import { readMultiPop } from './multi-pop.js';

/** A blocked command keeps waiting if the key becomes something other than a list. */
function holdsList(db: Database, key: Bytes): boolean {
  return db.get(key) instanceof List;
}

function blockingPop(end: End): Run {
  return ({ db }, words) => {
    const keys = words.slice(0, -1);
    const timeout = timeoutInSeconds(words.at(-1) ?? '');
    for (const key of keys) {
      const list = db.read(key, List);
      if (list) return [key, ...take(db, key, list, end)];
    }
    return new Blocked(keys, timeout, (key) => {
      const list = holdsList(db, key) ? db.read(key, List) : undefined;
      return list && [key, ...take(db, key, list, end)];
    });
  };
}

function blockingMove({ db }: Client, source: Bytes, target: Bytes, ends: [End, End], timeout: number) {
  const move = (): Answer => moveElement(db, source, target, ...ends);
  if (db.read(source, List)) return move();
  return new Blocked([source], timeout, () => (holdsList(db, source) ? move() : undefined));
}

function blockingPopMany({ db }: Client, [argument = '', ...words]: readonly Bytes[]): Answer | Blocked {
  const pop = readMultiPop(words, readEnd);
  const timeout = timeoutInSeconds(argument);
  const serve = (key: Bytes) => (holdsList(db, key) ? popFirst(db, { ...pop, keys: [key] }) : undefined);
  return popFirst(db, pop) ?? new Blocked(pop.keys, timeout, serve);
}

export const blockingListCommands: CommandTable = {
  BLPOP: { arity: -3, isWrite: true, noScript: true, run: blockingPop('LEFT') },
  BRPOP: { arity: -3, isWrite: true, noScript: true, run: blockingPop('RIGHT') },
  BLMPOP: { arity: -5, isWrite: true, noScript: true, run: blockingPopMany },
  BLMOVE: {
    arity: 6,
    isWrite: true,
    noScript: true,
    run: (client, [source = '', target = '', from = '', to = '', timeout = '']) =>
      blockingMove(client, source, target, [readEnd(from), readEnd(to)], timeoutInSeconds(timeout)),
  },
  BRPOPLPUSH: {
    arity: 4,
    isWrite: true,
    noScript: true,
    run: (client, [source = '', target = '', timeout = '']) =>
      blockingMove(client, source, target, ['RIGHT', 'LEFT'], timeoutInSeconds(timeout)),
  },
};
