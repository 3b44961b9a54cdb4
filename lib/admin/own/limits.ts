import { nameOf } from '../../arguments/names.js';
import { escapeGlob } from '../../execution/key-builder.js';
import type { LimitKind } from '../dto/own.dto.js';
import { about, type KeyCommand, type OpenCache } from '../entries/raw-key.js';
import type { PeekCache } from '../entries/peek-cache.js';
import { askEach, walk } from './walk.js';

/** A caller of a rate limiter. */
export interface CallerName {
  readonly algorithm: LimitKind;
  readonly version: string;
  /** The name of the limiter. */
  readonly name: string;
  readonly id: string;
}

/** The consumption of a caller. */
export interface CallerRow extends CallerName {
  /** Consumed points in the window; absent for `'gcra'`, which keeps no count. */
  readonly consumed?: number;
  /** Milliseconds until the full limit is available. */
  readonly resetMs: number;
  /** Whether a throttler blocks the caller until then. */
  readonly isBlocked?: boolean;
}

export interface CallersPage {
  readonly callers: readonly CallerRow[];
  readonly cursor?: string;
}

const states: Readonly<Record<LimitKind, readonly KeyCommand[]>> = {
  sliding: [about('PTTL'), about('LINDEX', 0), about('LINDEX', -1)],
  gcra: [about('PTTL')],
  throttler: [about('PTTL'), about('TYPE')],
};

/** Lists callers of rate limiters by a pattern of IDs, one page at a time. */
export async function callersOf(open: OpenCache, pattern: string, cursor: string | undefined): Promise<CallersPage> {
  const match = `${escapeGlob(open.peek.ownName('own', ''))}[rt][ah][tr][eo]*:${pattern}`;
  const page = await walk(open, { match, cursor }, async (wires) => {
    const known = wires.flatMap((wire) => {
      const caller = callerIn(open.peek, nameOf(wire));
      return caller ? [{ wire, caller }] : [];
    });
    const rows: CallerRow[] = [];
    for (const [kind, commands] of Object.entries(states)) {
      const its = known.filter(({ caller }) => caller.algorithm === kind);
      const replies = await askEach(
        open.pool,
        its.map(({ wire }) => wire),
        commands,
      );
      for (const [index, { wire, caller }] of its.entries()) {
        const [ttl, ...state] = replies[index]!;
        if (Number(ttl) > 0)
          rows.push({ ...caller, resetMs: Number(ttl), ...(await countIn(open, wire, kind, state)) });
      }
    }
    return rows;
  });
  return { callers: page.rows, ...(page.cursor !== undefined && { cursor: page.cursor }) };
}

/** The key on the server, as `CachexRateLimiter` and `CachexThrottlerStorage` name it. */
export function keyOfCaller(peek: PeekCache, { algorithm, version, name, id }: CallerName): string {
  const escaped = name.replaceAll('%', '%25').replaceAll(':', '%3A');
  const head = algorithm === 'throttler' ? 'throttle' : `rate:${algorithm}`;
  return peek.ownName('own', `${head}:${version}:${escaped}:${id}`);
}

type Count = Pick<CallerRow, 'consumed' | 'isBlocked'>;

async function countIn(open: OpenCache, wire: Buffer, kind: string, state: readonly unknown[]): Promise<Count> {
  if (kind === 'gcra') return {};
  if (kind === 'sliding') {
    const [first, last] = state.map((call) => String(call).split(':').map(Number));
    return { consumed: (last?.[2] ?? 0) - (first?.[1] ?? 0) };
  }
  const isBlocked = String(state[0]) === 'string';
  const [[count] = []] = await askEach(open.pool, [wire], [about(isBlocked ? 'GET' : 'ZCARD')]);
  return { consumed: Number(count), isBlocked };
}

function callerIn(peek: PeekCache, wire: string): CallerName | undefined {
  const [kind, ...rest] = wire.slice(peek.ownName('own', '').length).split(':');
  if (kind !== 'rate' && kind !== 'throttle') return undefined;
  const algorithm = kind === 'rate' ? rest.shift() : 'throttler';
  const [version, name, ...id] = rest;
  if (algorithm !== 'sliding' && algorithm !== 'gcra' && algorithm !== 'throttler') return undefined;
  if (version === undefined || name === undefined || id.length === 0) return undefined;
  return { algorithm, version, name: name.replaceAll('%3A', ':').replaceAll('%25', '%'), id: id.join(':') };
}
