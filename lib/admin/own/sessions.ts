import { createHash } from 'node:crypto';
import { about, type OpenCache } from '../entries/raw-key.js';
import { askEach, walk } from './walk.js';

/** Somebody's session. */
export interface SessionRow {
  /** The beginning of a hash of its id, as errors and logs have it. */
  readonly hash: string;
  /** Its id, for who may read values: whoever has it is half signed in. */
  readonly key?: string;
  /** Milliseconds until it ends. */
  readonly leftMs: number;
  /** Milliseconds since it was last read or written, where the server tells it. */
  readonly idleMs?: number;
  readonly bytes: number;
}

export interface SessionsPage {
  readonly sessions: readonly SessionRow[];
  readonly cursor?: string;
}

/** A page of the sessions in one version. */
export async function sessionsOf(open: OpenCache, cursor: string | undefined, mayRead: boolean): Promise<SessionsPage> {
  const request = { match: open.peek.everyKey, type: 'string', cursor };
  const page = await walk(open, request, async (wires) => {
    const replies = await askEach(open.pool, wires, [about('PTTL'), ['OBJECT', ['IDLETIME'], []], about('STRLEN')]);
    return wires.flatMap((wire, index): SessionRow[] => {
      const key = open.peek.userKey(wire);
      const [leftMs, idle, bytes] = replies[index]!;
      if (key === undefined || Number(leftMs) === -2) return [];
      return [
        {
          hash: createHash('sha256').update(key).digest('hex').slice(0, 12),
          ...(mayRead && { key }),
          leftMs: Number(leftMs),
          ...(typeof idle === 'number' && { idleMs: idle * 1000 }),
          bytes: Number(bytes),
        },
      ];
    });
  });
  return { sessions: page.rows, ...(page.cursor !== undefined && { cursor: page.cursor }) };
}
