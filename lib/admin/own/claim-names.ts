import { type ClaimKind, claimKinds } from '../dto/own.dto.js';
import type { PeekCache } from '../entries/peek-cache.js';

/** The library's own names for each kind. */
const kinds = {
  lock: ['lock', 'lock', ''],
  semaphore: ['sem', 'sem', ''],
  'read/write lock': ['rw', 'own', 'rw:'],
  leader: ['leader', 'own', 'leader:'],
  request: ['idem', 'own', 'idem:'],
} as const satisfies Record<ClaimKind, readonly string[]>;

/** The name of a lock or semaphore. */
export interface ClaimName {
  readonly kind: ClaimKind;
  readonly version: string;
  readonly name: string;
}

/** Whether it may have several holders. */
export const isShared = (kind: ClaimKind): boolean => kind === 'semaphore' || kind === 'read/write lock';

/** The kind in terms of `ownKeys`. */
export const ownKind = (kind: ClaimKind): (typeof kinds)[ClaimKind][0] => kinds[kind][0];

/** `undefined` for accompanying keys (the queue, the fencing token) and for foreign keys. */
export function claimOf(peek: PeekCache, wire: string): ClaimName | undefined {
  for (const kind of claimKinds) {
    const head = headOf(peek, kind);
    if (!wire.startsWith(head) || !wire.endsWith('}')) continue;
    const [version = '', ...rest] = wire.slice(head.length, -1).split(':');
    return rest.length === 0 ? undefined : { kind, version, name: rest.join(':') };
  }
  return undefined;
}

function headOf(peek: PeekCache, kind: ClaimKind): string {
  const [, space, head] = kinds[kind];
  return `${peek.ownName(space, head)}{`;
}
