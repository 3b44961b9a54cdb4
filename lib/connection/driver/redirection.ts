import { slotCount } from '../../wire/hash-slot.js';
import { elsewhere, keysApart } from '../../wire/server-errors.js';
import { isPort } from './nat-map.js';

const places = /^(MOVED|ASK) (\d+) (\S*):(\d+)/;

/** Where a node redirects a call to. */
export interface Redirection {
  /** For this call only: the slot is being moved there. */
  readonly asking: boolean;
  readonly slot: number;
  /** Empty if it is the host of the node that was asked. */
  readonly host: string;
  readonly port: number;
}

/** Whether another node may accept the call, or this one a little later. */
export const isRefusal = (error: Error): boolean => elsewhere.test(error.message);

/** Whether some of the keys are on one node and some on another. */
export const isApart = (error: Error): boolean => keysApart.test(error.message);

const redirects = /^(MOVED|ASK)\b/;

/** Whether it redirects to no address. */
export const isLost = (error: Error): boolean => redirects.test(error.message) && !redirectionOf(error);

export function redirectionOf({ message }: Error): Redirection | undefined {
  const [, kind, slot, host, port] = places.exec(message) ?? [];
  if (kind === undefined || Number(slot) >= slotCount || !isPort(Number(port))) return undefined;
  return { asking: kind === 'ASK', slot: Number(slot), host: host === '?' ? '' : host!, port: Number(port) };
}
