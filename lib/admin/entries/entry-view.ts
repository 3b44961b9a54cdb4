import { type EnvelopeHead, openEnvelope } from '../../codec/envelope.js';
import { CodecError, type Version } from '../../index.js';
import { longestText, shownBytes, type ValueView, viewOfBytes, viewOfValue } from './value-view.js';
import { about, type OpenCache, RawKey } from './raw-key.js';

/** What is known of a key beside what it holds. */
export interface EntryFacts {
  readonly key: string;
  readonly version: Version;
  /** Its name on the server. */
  readonly wireKey: string;
  readonly type: string;
  /** Milliseconds until it expires; `-1` never, `-2` where it is kept and yet a miss: over, or a tag was invalidated. */
  readonly ttlMs: number;
  /** Milliseconds that the server still keeps it: longer than `ttlMs` with `grace`. */
  readonly keptMs: number;
  /** Memory that it takes, where the server tells it. */
  readonly memory?: number;
  readonly encoding?: string;
  readonly tags?: readonly string[];
}

export const missing = -2;

/** `undefined` where it is not there. */
export async function factsOf(open: OpenCache, key: string): Promise<EntryFacts | undefined> {
  const { cache, pool } = open;
  const raw = new RawKey(cache, key, pool);
  const [[type, ttlMs], [keptMs, memory, encoding, beginning]] = await Promise.all([
    cache.pipeline().type(key).pttl(key).execute(),
    raw.askAll([
      about('PTTL'),
      ['MEMORY', ['USAGE'], []],
      ['OBJECT', ['ENCODING'], []],
      about('GETRANGE', 0, shownBytes - 1),
    ]),
  ]);
  if (type === undefined) return undefined;
  const head = headIn(beginning);
  return {
    key,
    version: cache.version,
    wireKey: raw.name,
    type,
    ttlMs,
    // Asked at another moment: the same where there is no envelope.
    keptMs: head ? Number(keptMs) : ttlMs,
    ...(typeof memory === 'number' && { memory }),
    ...(Buffer.isBuffer(encoding) && { encoding: String(encoding) }),
    ...(head && { tags: (head.tags ?? []).map(([tag]) => tag) }),
  };
}

/** What a string holds: decoded where that is possible, and it is not too long. */
export async function valueOf({ cache, pool }: OpenCache, key: string): Promise<ValueView> {
  const raw = new RawKey(cache, key, pool);
  const [length, beginning] = await raw.askAll([about('STRLEN'), about('GETRANGE', 0, shownBytes - 1)]);
  const bytes = (): ValueView => viewOfBytes(Buffer.isBuffer(beginning) ? beginning : Buffer.alloc(0), Number(length));
  if (Number(length) > longestText) return bytes();
  try {
    // Looking at it must not have it made anew.
    const value = await cache.get(key, { stampede: false });
    return value === undefined ? bytes() : viewOfValue(value);
  } catch (error) {
    if (error instanceof CodecError) return bytes();
    throw error;
  }
}

function headIn(beginning: unknown): EnvelopeHead | undefined {
  return Buffer.isBuffer(beginning) ? openEnvelope(beginning)?.head : undefined;
}
