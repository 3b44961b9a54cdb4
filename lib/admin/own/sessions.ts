import { createHash } from 'node:crypto';
import { about, type OpenCache } from '../entries/raw-key.js';
import { askEach, walk } from './walk.js';

/** A session. */
export interface SessionRow {
  /** The beginning of a hash of the ID, as in errors and logs. */
  readonly hash: string;
  /** The ID, for users who may read values. With it, an attacker is half signed in. */
  readonly key?: string;
  /** Milliseconds until it expires. */
  readonly leftMs: number;
  /** Milliseconds since the last read or write, if the server reports it. */
  readonly idleMs?: number;
  readonly bytes: number;
}

export interface SessionsPage {
  readonly sessions: readonly SessionRow[];
  readonly cursor?: string;
}

/** Lists the sessions of one version, one page at a time. */
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
