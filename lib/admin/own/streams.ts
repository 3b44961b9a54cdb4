import { nameOf } from '../../arguments/names.js';
import { everySecond } from '../../command-model/replies.js';
import { expectType } from '../entries/entries.js';
import { about, type OpenCache } from '../entries/raw-key.js';
import { askEach, askOne, walk } from './walk.js';

/** A stream, and what its groups have to do. */
export interface StreamRow {
  readonly key: string;
  readonly length: number;
  readonly groups: number;
  /** Delivered to a consumer of any group, and not acknowledged. */
  readonly pending: number;
}

export interface StreamsPage {
  readonly streams: readonly StreamRow[];
  readonly cursor?: string;
}

export interface GroupRow {
  readonly name: string;
  readonly pending: number;
  /** Entries that are not delivered yet; left out where the server cannot tell. */
  readonly lag?: number;
  readonly lastDeliveredId: string;
  readonly consumerCount: number;
  /** The first of them. */
  readonly consumers: readonly ConsumerRow[];
}

export interface ConsumerRow {
  readonly name: string;
  readonly pending: number;
  /** Milliseconds since it last tried to read or claim. */
  readonly idleMs: number;
}

export interface StreamView {
  readonly length: number;
  readonly groupCount: number;
  /** The first of them. */
  readonly groups: readonly GroupRow[];
}

/** An entry that was delivered and not acknowledged. */
export interface PendingRow {
  readonly id: string;
  readonly consumer: string;
  /** Milliseconds since it was last delivered. */
  readonly idleMs: number;
  readonly deliveries: number;
}

export interface PendingPage {
  readonly pending: readonly PendingRow[];
  readonly cursor?: string;
}

const mostGroups = 50;
const mostConsumers = 100;
const pendingLength = 100;

/** A page of the streams of one version. */
export async function streamsOf(open: OpenCache, cursor: string | undefined): Promise<StreamsPage> {
  const request = { match: open.peek.everyKey, type: 'stream', cursor };
  const page = await walk(open, request, async (wires) => {
    const replies = await askEach(open.pool, wires, [about('XLEN'), ['XINFO', ['GROUPS'], []]]);
    return wires.flatMap((wire, index): StreamRow[] => {
      const key = open.peek.userKey(wire);
      const [length, groups] = replies[index]!;
      if (key === undefined || length === undefined) return [];
      const facts = groupsIn(groups);
      return [
        {
          key,
          length: Number(length),
          groups: facts.length,
          pending: facts.reduce((sum, group) => sum + Number(group.get('pending')), 0),
        },
      ];
    });
  });
  return {
    streams: page.rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
  };
}

/** The groups of a stream, with their consumers. */
export async function streamViewOf(open: OpenCache, key: string): Promise<StreamView> {
  await expectType(open, key, 'stream');
  const wire = open.peek.wireOf(key);
  const groups = groupsIn(await askOne(open.pool, wire, ['XINFO', ['GROUPS'], []]));
  const shown = groups.slice(0, mostGroups);
  const names = shown.map((group) => bytesIn(group.get('name')));
  const [[length, ...consumers] = []] = await askEach(
    open.pool,
    [wire],
    [about('XLEN'), ...names.map((name) => ['XINFO', ['CONSUMERS'], [name]] as const)],
  );
  return {
    length: Number(length),
    groupCount: groups.length,
    groups: shown.map((group, index): GroupRow => {
      const its = groupsIn(consumers[index]);
      const lag = group.get('lag');
      return {
        name: nameOf(names[index]!),
        pending: Number(group.get('pending')),
        ...(typeof lag === 'number' && { lag }),
        lastDeliveredId: String(group.get('last-delivered-id')),
        consumerCount: its.length,
        consumers: its.slice(0, mostConsumers).map((consumer) => ({
          name: nameOf(bytesIn(consumer.get('name'))),
          pending: Number(consumer.get('pending')),
          idleMs: Number(consumer.get('idle')),
        })),
      };
    }),
  };
}

/** A page of what is pending in a group, the oldest first. */
export async function pendingOf(open: OpenCache, key: string, group: string, cursor = '-'): Promise<PendingPage> {
  await expectType(open, key, 'stream');
  const command = about('XPENDING', group, cursor, '+', pendingLength);
  const reply = await askOne(open.pool, open.peek.wireOf(key), command);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- XPENDING with a range gives such rows
  const rows = (reply as [id: Buffer, consumer: Buffer, idleMs: number, deliveries: number][]).map(
    ([id, consumer, idleMs, deliveries]) => ({ id: String(id), consumer: nameOf(consumer), idleMs, deliveries }),
  );
  return { pending: rows, ...(rows.length === pendingLength && { cursor: `(${rows.at(-1)!.id}` }) };
}

type Facts = ReadonlyMap<string, unknown>;

/** What XINFO tells: a flat list of names and values for each. */
export function groupsIn(reply: unknown): Facts[] {
  if (!Array.isArray(reply)) return [];
  return reply.map((flat) => {
    const values = everySecond(flat, 1);
    return new Map(everySecond(flat, 0).map((name, index) => [String(name), values[index]]));
  });
}

export const bytesIn = (name: unknown): Buffer => (Buffer.isBuffer(name) ? name : Buffer.from(String(name)));
