import { advance, resume } from '../../keyspace/scan-cursor.js';
import type { ConnectionPool, WireCommand } from '../../index.js';
import type { KeyCommand, OpenCache } from '../entries/raw-key.js';

/** Selects keys of the server. */
export interface Walk {
  /** A pattern for names on the server. */
  readonly match: string;
  readonly type?: string;
  /** The cursor that the previous page returned. */
  readonly cursor?: string;
  readonly most?: number;
}

/** The rows that were found within the time of a page. */
export interface WalkPage<T> {
  readonly rows: readonly T[];
  /** Number of keys that matched. */
  readonly looked: number;
  /** Where to continue; absent on the last page. */
  readonly cursor?: string;
}

/** Number of keys per SCAN: the server takes far less than a millisecond. */
const step = 500;
/** Approximate number of rows per page. */
const pageLength = 100;
/** A page ends after this time. */
const pageMs = 400;

/** Reads a page of matching keys from all servers. */
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
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SCAN returns a cursor and names
    const [next, wires] = reply as [Buffer, Buffer[]];
    looked += wires.length;
    if (wires.length > 0) rows.push(...(await rowsOf(wires)));
    at = advance(String(next), node, nodes);
  } while (at !== '0' && rows.length < most && performance.now() < endsAt);
  return { rows, looked, ...(at !== '0' && { cursor: at }) };
}

/**
 * Sends the same commands about each key, in one round trip. Replies are in the order of the keys, with `undefined` for
 * a refused command. Primaries answer, because replicas may lag behind.
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

/** Sends one command about one key; throws a refusal. */
export const askOne = (pool: ConnectionPool, wire: Buffer | string, command: KeyCommand): Promise<unknown> =>
  pool.send(callOf(pool, wire, command));

function callOf(pool: ConnectionPool, wire: Buffer | string, [name, before, after]: KeyCommand): WireCommand {
  const args = [...before, wire, ...after.map((arg) => (typeof arg === 'number' ? String(arg) : arg))];
  return { name, args, access: 'write', slot: pool.slotOf?.(wire) };
}
