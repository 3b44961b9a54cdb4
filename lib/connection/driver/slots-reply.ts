import { slotCount } from '../../wire/hash-slot.js';
import { type Address, isPort, mapped, type NatMap } from './nat-map.js';

/** A range of slots and its servers. */
export interface SlotRange {
  readonly start: number;
  readonly end: number;
  /** The primary first. */
  readonly servers: readonly Address[];
}

/**
 * Reads a node's list of slots (`CLUSTER SLOTS`): ranges, each with its primary and then its replicas. A server without
 * a host has the node's own: one address may stand for all of them, each with its own port, and a node that has not met
 * another yet does not know its address.
 */
export function slotRanges(reply: unknown, askedHost: string): SlotRange[] {
  return listIn(reply).map((range) => {
    const [start, end, ...servers] = listIn(range);
    if (!isSlot(start) || !isSlot(end) || servers.length === 0) throw strange();
    return { start, end, servers: servers.map((server) => addressOf(server, askedHost)) };
  });
}

function addressOf(server: unknown, askedHost: string): Address {
  const [endpoint, port, , details] = listIn(server);
  if (!isPort(port) || (endpoint !== null && typeof endpoint !== 'string')) throw strange();
  return { host: hostOf(endpoint, details) || askedHost, port };
}

function listIn(part: unknown): readonly unknown[] {
  if (Array.isArray(part)) return part;
  throw strange();
}

const isSlot = (part: unknown): part is number =>
  Number.isInteger(part) && Number(part) >= 0 && Number(part) < slotCount;

/** Such a node counts as one that has not answered. */
const strange = (): Error => new Error('its list of slots has an unexpected shape');

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
