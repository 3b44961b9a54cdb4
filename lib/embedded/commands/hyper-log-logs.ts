import type { Bytes } from '../protocol/bytes.js';
import { type Answer, ok, ReplyError } from '../protocol/reply.js';
import type { Database } from '../database/database.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { emptyRegisters, estimate, readRegisters, registerOf, writeRegisters } from '../values/hyper-log-log.js';

function registersAt(db: Database, key: Bytes): Uint8Array | undefined {
  const value = db.readString(key);
  if (value === undefined) return undefined;
  const registers = readRegisters(value);
  if (registers === 'corrupt') throw new ReplyError('INVALIDOBJ Corrupted HLL object detected');
  if (!registers) throw new ReplyError('WRONGTYPE Key is not a valid HyperLogLog string value.');
  return registers;
}

/** Raises each register to the highest of both. */
function merge(into: Uint8Array, from: Uint8Array): void {
  for (const [index, rank] of from.entries()) {
    if (rank > (into[index] ?? 0)) into[index] = rank;
  }
}

function add({ db }: Client, [key = '', ...elements]: readonly Bytes[]): number {
  const found = registersAt(db, key);
  const registers = found ?? emptyRegisters();
  let isChanged = !found;
  for (const element of elements) {
    const [index, rank] = registerOf(element);
    if (rank <= (registers[index] ?? 0)) continue;
    registers[index] = rank;
    isChanged = true;
  }
  if (isChanged) db.put(key, writeRegisters(registers), { keepTtl: true });
  return Number(isChanged);
}

function union(db: Database, keys: readonly Bytes[]): Uint8Array {
  const registers = emptyRegisters();
  for (const key of keys) {
    const found = registersAt(db, key);
    if (found) merge(registers, found);
  }
  return registers;
}

function count({ db }: Client, keys: readonly Bytes[]): number {
  return estimate(union(db, keys));
}

function mergeAll({ db }: Client, keys: readonly Bytes[]): Answer {
  db.put(keys[0] ?? '', writeRegisters(union(db, keys)), { keepTtl: true });
  return ok;
}

export const hyperLogLogCommands: CommandTable = {
  PFADD: { arity: -2, isWrite: true, run: add },
  PFCOUNT: { arity: -2, run: count },
  PFMERGE: { arity: -2, isWrite: true, run: mergeAll },
};
