import { integer, integerWithin, Options } from '../protocol/arguments.js';
import { type Bytes, cString } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { maxInt64 } from '../protocol/numbers.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import type { StreamEntry } from '../values/stream.js';
import { formatId, smallestId, parseId, type StreamId } from '../values/stream-id.js';
import { existingGroup, rangeStart, renderEntry, streamId } from './stream-arguments.js';
import { idleTime } from './stream-groups.js';

interface ClaimOptions {
  readonly deliveryTime: number;
  readonly deliveryCount: number | undefined;
  readonly force: boolean;
  readonly justId: boolean;
  readonly lastId: StreamId;
}

function readClaimOptions(words: readonly Bytes[], now: number): ClaimOptions {
  let deliveryTime = now;
  let deliveryCount: number | undefined;
  let [force, justId] = [false, false];
  let lastId = smallestId;
  const options = new Options(words);
  const number = (option: string) => integer(options.value(), `ERR Invalid ${option} option argument for XCLAIM`);
  for (let word = options.peek(); word !== undefined; word = options.peek()) {
    const option = options.next() ?? '';
    if (option === 'FORCE') force = true;
    else if (option === 'JUSTID') justId = true;
    else if (options.remaining === 0) throw unknownOption(word);
    else if (option === 'IDLE') deliveryTime = now - number('IDLE');
    else if (option === 'TIME') deliveryTime = number('TIME');
    else if (option === 'RETRYCOUNT') deliveryCount = number('RETRYCOUNT');
    else if (option === 'LASTID') lastId = streamId(options.value());
    else throw unknownOption(word);
  }
  const isValidTime = deliveryTime >= 0 && deliveryTime <= now;
  return { deliveryTime: isValidTime ? deliveryTime : now, deliveryCount, force, justId, lastId };
}

function unknownOption(word: Bytes): ReplyError {
  return new ReplyError(`ERR Unrecognized XCLAIM option '${cString(word)}'`);
}

function claim(
  client: Client,
  [key = '', name = '', consumerName = '', idle = '', ...words]: readonly Bytes[],
): Answer {
  const { now } = client.engine;
  const { stream, group } = existingGroup(client.db, key, name);
  const minIdle = Math.max(0, integer(idle, 'ERR Invalid min-idle-time argument for XCLAIM'));
  const firstOption = words.findIndex((word) => parseId(word, 0n) === undefined);
  const idCount = firstOption < 0 ? words.length : firstOption;
  const { deliveryTime, deliveryCount, force, justId, lastId } = readClaimOptions(words.slice(idCount), now);
  if (lastId > group.lastId) group.lastId = lastId;
  const claimed: StreamEntry[] = [];
  for (const id of words.slice(0, idCount).map((word) => streamId(word))) {
    const entry = stream.get(id);
    const pending = group.pending.get(id);
    if (!entry) {
      group.acknowledge(id);
      continue;
    }
    if (!pending && !force) continue;
    if (pending && idleTime(pending, now) < minIdle) continue;
    // A forced claim counts as a delivery of its own.
    const count = deliveryCount ?? (pending?.deliveryCount ?? 1) + (justId ? 0 : 1);
    group.deliver(id, group.consumer(consumerName, now), deliveryTime, count);
    claimed.push(entry);
  }
  return claimed.map((entry) => (justId ? formatId(entry.id) : renderEntry(entry)));
}

/** XAUTOCLAIM looks at this many entries for each that it may return. */
const attemptsFactor = 10;
const defaultCount = 100;

function readAutoClaimOptions(words: readonly Bytes[]): { count: number; justId: boolean } {
  let [count, justId] = [defaultCount, false];
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'COUNT' && options.remaining > 0) {
      count = integerWithin(options.value(), 1n, maxInt64 / BigInt(attemptsFactor), 'ERR COUNT must be > 0');
    } else if (option === 'JUSTID') justId = true;
    else throw syntaxError();
  }
  return { count, justId };
}

function autoClaim(
  client: Client,
  [key = '', name = '', consumerName = '', idle = '', from = '', ...words]: readonly Bytes[],
): Answer {
  const { now } = client.engine;
  const minIdle = Math.max(0, integer(idle, 'ERR Invalid min-idle-time argument for XAUTOCLAIM'));
  const start = rangeStart(from);
  const { count, justId } = readAutoClaimOptions(words);
  const { stream, group } = existingGroup(client.db, key, name);
  const candidates = group.pending.slice(start, count * attemptsFactor + 1);
  const claimed: StreamEntry[] = [];
  const deleted: StreamId[] = [];
  let looked = 0;
  for (const pending of candidates) {
    if (looked >= count * attemptsFactor || claimed.length + deleted.length >= count) break;
    looked++;
    const entry = stream.get(pending.id);
    if (!entry) {
      group.acknowledge(pending.id);
      deleted.push(pending.id);
    } else if (idleTime(pending, now) >= minIdle) {
      const deliveryCount = pending.deliveryCount + (justId ? 0 : 1);
      group.deliver(pending.id, group.consumer(consumerName, now), now, deliveryCount);
      claimed.push(entry);
    }
  }
  return [
    formatId(candidates[looked]?.id ?? smallestId),
    claimed.map((entry) => (justId ? formatId(entry.id) : renderEntry(entry))),
    deleted.map(formatId),
  ];
}

export const streamClaimCommands: CommandTable = {
  XCLAIM: { arity: -6, isWrite: true, run: claim },
  XAUTOCLAIM: { arity: -6, isWrite: true, run: autoClaim },
};
