import { type Address, mapped, type NatMap } from './nat-map.js';

/** `CLUSTER SLOTS`: ranges of slots, each with its primary and then its replicas. */
export type SlotsReply = readonly [start: number, end: number, ...servers: NamedServer[]][];

type NamedServer = readonly [endpoint: string | null, port: number, id?: string, details?: unknown];

/** Slots from one to another, and who has them. */
export interface SlotRange {
  readonly start: number;
  readonly end: number;
  /** The primary first. */
  readonly servers: readonly Address[];
}

/**
 * Reads what a node says of the slots. A server that it gives no host for has the node's own: behind one address there
 * may be all of them, each at a port of its own, and a node that has met nobody yet does not know its address.
 */
export function slotRanges(reply: SlotsReply, askedHost: string): SlotRange[] {
  return reply.map(([start, end, ...servers]) => ({
    start,
    end,
    servers: servers.map(([endpoint, port, , details]) => ({ host: hostOf(endpoint, details) || askedHost, port })),
  }));
}

/** The servers of ranges, where they are reached. */
export function placesOf(
  ranges: readonly SlotRange[],
  natMap: NatMap,
): { start: number; end: number; places: Address[] }[] {
  return ranges.map(({ start, end, servers }) => ({
    start,
    end,
    places: servers.map(({ host, port }) => ({ ...(mapped(`${host}:${port}`, natMap) ?? { host, port }) })),
  }));
}

/** Where names are preferred, `?` stands for a server without one, and its address is among the details. */
function hostOf(endpoint: string | null, details: unknown): string | null {
  if (endpoint !== '?') return endpoint;
  const ip: unknown = Array.isArray(details) ? details[details.indexOf('ip') + 1] : undefined;
  return Array.isArray(details) && details.includes('ip') && typeof ip === 'string' ? ip : null;
}
