import { type Address, mapped, type NatMap } from './nat-map.js';

/** `CLUSTER SLOTS`: ranges of slots, each with its primary and then its replicas. */
export type SlotsReply = readonly [start: number, end: number, ...servers: NamedServer[]][];

type NamedServer = readonly [endpoint: string | null, port: number, id?: string, details?: unknown];

/** A range of slots and its servers. */
export interface SlotRange {
  readonly start: number;
  readonly end: number;
  /** The primary first. */
  readonly servers: readonly Address[];
}

/**
 * Reads a node's list of slots. A server without a host has the node's own: one address may stand for all of them, each
 * with its own port, and a node that has not met another yet does not know its address.
 */
export function slotRanges(reply: SlotsReply, askedHost: string): SlotRange[] {
  return reply.map(([start, end, ...servers]) => ({
    start,
    end,
    servers: servers.map(([endpoint, port, , details]) => ({ host: hostOf(endpoint, details) || askedHost, port })),
  }));
}

/** The reachable addresses of the servers of each range. */
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

/**
 * Updates the owners of slots, as addresses with the primary first. A slot that is missing in the reply keeps its owner
 * if the reply names that owner elsewhere, because a node's view may lag behind. Otherwise it has none.
 */
export function writeOwners(slots: string[][], found: ReturnType<typeof placesOf>): void {
  const named = new Set<string>();
  for (const { start, end, places } of found) {
    const addresses = places.map(({ host, port }) => `${host}:${port}`);
    for (const address of addresses) named.add(address);
    for (let slot = start; slot <= end; slot++) slots[slot] = addresses;
  }
  // `forEach` skips gaps, which are slots without an owner, as in the driver.
  slots.forEach(([owner], slot) => {
    if (!named.has(owner!)) Reflect.deleteProperty(slots, slot);
  });
}

/** If names are preferred, `?` stands for a server without one, and its address is among the details. */
function hostOf(endpoint: string | null, details: unknown): string | null {
  if (endpoint !== '?') return endpoint;
  const ip: unknown = Array.isArray(details) ? details[details.indexOf('ip') + 1] : undefined;
  return Array.isArray(details) && details.includes('ip') && typeof ip === 'string' ? ip : null;
}
