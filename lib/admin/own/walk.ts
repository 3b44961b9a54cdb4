import { advance, resume } from '../../keyspace/scan-cursor.js';
import type { ConnectionPool, WireCommand } from '../../index.js';
import type { KeyCommand, OpenCache } from '../entries/raw-key.js';

/** Which keys of the server are meant, and how many are enough. */
export interface Walk {
  /** A pattern of names on the server. */
  readonly match: string;
  readonly type?: string;
  /** What the last page gave. */
  readonly cursor?: string;
  readonly most?: number;
}

/** What was found in the time that a page has. */
export interface WalkPage<T> {
  readonly rows: readonly T[];
  /** How many keys matched. */
  readonly looked: number;
  /** Where to go on; left out at the end. */
  readonly cursor?: string;
}

/** So many keys the server looks at in one go: far less than a millisecond. */
const step = 500;
/** Rows that a page has, about. */
const pageLength = 100;
/** A page is given with what was found by then. */
const pageMs = 400;

/** A page of the keys that match, of whatever server holds them. */
export async function walk<T>(
  { pool }: Pick<OpenCache, 'pool'>,
  { match, type, cursor = '0', most = pageLength }: Walk,
  rowsOf: (wires: readonly Buffer[]) => Promise<readonly T[]>,
): Promise<WalkPage<T>> {
  const endsAt = performance.now() + pageMs;
  const nodes = await pool.primaries();
  const options = ['MATCH', match.toWellFormed(), 'COUNT', String(step), ...(type === undefined ? [] : ['TYPE', type])];
  const rows: T[] = [];
  let [at, looked] = [cursor, 0];
  do {
    const [position, node] = resume(at, nodes);
    const reply = await node.send({ name: 'SCAN', args: [position, ...options], access: 'write' });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SCAN gives a cursor and names
    const [next, wires] = reply as [Buffer, Buffer[]];
    looked += wires.length;
    if (wires.length > 0) rows.push(...(await rowsOf(wires)));
    at = advance(String(next), node, nodes);
  } while (at !== '0' && rows.length < most && performance.now() < endsAt);
  return { rows, looked, ...(at !== '0' && { cursor: at }) };
}

/**
 * The same commands about each of some keys, in one round trip: their replies key by key, `undefined` in the place of what
 * the server refuses. Primaries answer: a replica may not know yet.
 */
export async function askEach(
  pool: ConnectionPool,
  wires: readonly (Buffer | string)[],
  commands: readonly KeyCommand[],
): Promise<unknown[][]> {
  const calls = wires.flatMap((wire) => commands.map((command) => callOf(pool, wire, command)));
  const replies = calls.length > 0 ? await pool.sendAll(calls) : [];
  const read = replies.map((reply) => (reply instanceof Error ? undefined : reply));
  return wires.map((_, index) => read.slice(index * commands.length, (index + 1) * commands.length));
}

/** One of them about one key; throws what the server refuses. */
export const askOne = (pool: ConnectionPool, wire: Buffer | string, command: KeyCommand): Promise<unknown> =>
  pool.send(callOf(pool, wire, command));

function callOf(pool: ConnectionPool, wire: Buffer | string, [name, before, after]: KeyCommand): WireCommand {
  const args = [...before, wire, ...after.map((arg) => (typeof arg === 'number' ? String(arg) : arg))];
  return { name, args, access: 'write', slot: pool.slotOf?.(wire) };
}
