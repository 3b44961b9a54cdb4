import { nameOf } from '../../arguments/names.js';
import { escapeGlob } from '../../execution/key-builder.js';
import { about, type KeyCommand, type OpenCache } from '../entries/raw-key.js';
import { pairsIn } from '../entries/collection.js';
import type { ClaimKind } from '../dto/own.dto.js';
import { claimOf, isShared } from './claim-names.js';
import { askEach, walk } from './walk.js';

/** A holder of a lock or semaphore. */
export interface Holder {
  /** The token that identifies the holder. */
  readonly token: string;
  /** The share of a semaphore. */
  readonly weight: number;
  readonly leftMs: number;
  /** Whether the holder is in this process. */
  readonly isHere: boolean;
}

/** A caller in the queue. */
export interface Waiter {
  readonly token: string;
  readonly waitedMs: number;
  readonly weight: number;
  readonly isHere: boolean;
}

/** A lock or semaphore that is held. */
export interface ClaimRow {
  readonly kind: ClaimKind;
  readonly name: string;
  readonly version: string;
  /** The first holders, in descending order of expiry. */
  readonly holders: readonly Holder[];
  readonly holderCount: number;
  /** The first waiters, in queue order. */
  readonly waiters: readonly Waiter[];
  readonly waiterCount: number;
}

export interface ClaimsPage {
  readonly claims: readonly ClaimRow[];
  readonly cursor?: string;
}

/** Limits the listed holders and waiters of a name. */
const mostNamed = 20;

const ofShared: readonly KeyCommand[] = [
  about('ZREVRANGE', 0, mostNamed - 1, 'WITHSCORES'),
  about('ZCARD'),
  about('PEXPIRETIME'),
  about('PTTL'),
];
const ofOne: readonly KeyCommand[] = [about('GET'), about('PEXPIRETIME'), about('PTTL')];
const ofQueue: readonly KeyCommand[] = [about('ZRANGE', 0, mostNamed - 1, 'WITHSCORES'), about('ZCARD')];

/** Lists holders and waiters of all versions, one page at a time. */
export async function claimsOf(open: OpenCache, pattern: string, cursor: string | undefined): Promise<ClaimsPage> {
  const prefix = escapeGlob(open.peek.toJSON().keyPrefix);
  const match = `${prefix}:[los][ewo][cmn]*{*:${pattern}}`;
  const page = await walk(open, { match, cursor }, async (wires) => rowsOf(open, wires));
  const claims = page.rows.toSorted(
    (a, b) => b.waiterCount - a.waiterCount || (a.kind + a.name < b.kind + b.name ? -1 : 1),
  );
  return { claims, ...(page.cursor !== undefined && { cursor: page.cursor }) };
}

async function rowsOf(open: OpenCache, wires: readonly Buffer[]): Promise<ClaimRow[]> {
  const known = wires.flatMap((wire) => {
    const claim = claimOf(open.peek, nameOf(wire));
    return claim ? [{ wire, claim }] : [];
  });
  const shared = known.filter(({ claim }) => isShared(claim.kind));
  const single = known.filter(({ claim }) => !isShared(claim.kind));
  const ask = (claims: typeof known, commands: readonly KeyCommand[], part = ''): Promise<unknown[][]> =>
    askEach(
      open.pool,
      claims.map(({ wire }) => Buffer.concat([wire, Buffer.from(part)])),
      commands,
    );
  const [ofMany, ofEach, queues] = await Promise.all([
    ask(shared, ofShared),
    ask(single, ofOne),
    ask([...shared, ...single], ofQueue, ':line'),
  ]);
  return [...shared, ...single].flatMap(({ claim }, index): ClaimRow[] => {
    const facts = isShared(claim.kind) ? manyIn(ofMany[index]!) : oneIn(ofEach[index - shared.length]!);
    if (!facts) return [];
    const [queue, waiterCount] = queues[index]!;
    return [
      {
        ...claim,
        holders: facts.holders.map(([token, leftMs]) => ({ ...whoIs(open, token), leftMs })),
        holderCount: facts.count,
        waiters: scoresIn(queue).map(([token, at]) => ({
          ...whoIs(open, token),
          waitedMs: Math.max(0, Math.round(facts.now - at)),
        })),
        waiterCount: Number(waiterCount ?? 0),
      },
    ];
  });
}

interface Held {
  readonly holders: readonly (readonly [token: string, leftMs: number])[];
  readonly count: number;
  /** The time of the server's clock. */
  readonly now: number;
}

function oneIn([token, endsAt, leftMs]: readonly unknown[]): Held | undefined {
  if (!Buffer.isBuffer(token)) return undefined;
  const left = Number(leftMs);
  return { holders: [[String(token), left]], count: 1, now: Number(endsAt) - left };
}

/** The key expires together with its last claim, which reveals the server's time. */
function manyIn([claims, count, endsAt, leftMs]: readonly unknown[]): Held | undefined {
  const now = Number(endsAt) - Number(leftMs);
  const holders = scoresIn(claims).map(([token, end]) => [token, Math.round(end - now)] as const);
  const lasting = holders.filter(([, left]) => left > 0);
  // The next caller removes expired holders.
  const over = holders.length - lasting.length;
  return lasting.length === 0 ? undefined : { holders: lasting, count: Number(count) - over, now };
}

function scoresIn(reply: unknown): [token: string, score: number][] {
  if (!Array.isArray(reply)) return [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- members and scores in turn
  return pairsIn(reply as Buffer[]).map(([token, score]) => [String(token), Number(score)]);
}

function whoIs({ peek }: OpenCache, token: string): { token: string; weight: number; isHere: boolean } {
  const [instance, , weight] = token.split(':');
  return { token, weight: Number(weight), isHere: instance === peek.lockInstance };
}
