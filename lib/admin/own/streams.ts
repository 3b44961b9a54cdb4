import { nameOf } from '../../arguments/names.js';
import { everySecond } from '../../wire/reply-parts.js';
import { expectType } from '../entries/entries.js';
import { about, type OpenCache } from '../entries/raw-key.js';
import { askEach, askOne, walk } from './walk.js';

/** A stream with a summary of its groups. */
export interface StreamRow {
  readonly key: string;
  readonly length: number;
  readonly groups: number;
  /** Entries delivered in any group and not acknowledged. */
  readonly pending: number;
}

export interface StreamsPage {
  readonly streams: readonly StreamRow[];
  readonly cursor?: string;
}

export interface GroupRow {
  readonly name: string;
  readonly pending: number;
  /** Undelivered entries; absent if the server cannot compute it. */
  readonly lag?: number;
  readonly lastDeliveredId: string;
  readonly consumerCount: number;
  /** The first consumers. */
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
  /** The first groups. */
  readonly groups: readonly GroupRow[];
}

/** A delivered entry without acknowledgement. */
export interface PendingRow {
  readonly id: string;
  readonly consumer: string;
  /** Milliseconds since the last delivery. */
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

/** Lists the streams of one version, one page at a time. */
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

/** Shows the groups of a stream with their consumers. */
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

/** Lists the pending entries of a group, oldest first, one page at a time. */
export async function pendingOf(open: OpenCache, key: string, group: string, cursor = '-'): Promise<PendingPage> {
  await expectType(open, key, 'stream');
  const command = about('XPENDING', group, cursor, '+', pendingLength);
  const reply = await askOne(open.pool, open.peek.wireOf(key), command);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- XPENDING with a range returns these rows
  const rows = (reply as [id: Buffer, consumer: Buffer, idleMs: number, deliveries: number][]).map(
    ([id, consumer, idleMs, deliveries]) => ({ id: String(id), consumer: nameOf(consumer), idleMs, deliveries }),
  );
  return { pending: rows, ...(rows.length === pendingLength && { cursor: `(${rows.at(-1)!.id}` }) };
}

type Facts = ReadonlyMap<string, unknown>;

/** Parses a reply of XINFO: a flat list of names and values per row. */
export function groupsIn(reply: unknown): Facts[] {
  if (!Array.isArray(reply)) return [];
  return reply.map((flat) => {
    const values = everySecond(flat, 1);
    return new Map(everySecond(flat, 0).map((name, index) => [String(name), values[index]]));
  });
}

export const bytesIn = (name: unknown): Buffer => (Buffer.isBuffer(name) ? name : Buffer.from(String(name)));
