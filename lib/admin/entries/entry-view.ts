import { tagParts } from '../../arguments/scope.js';
import { openEnvelope } from '../../codec/envelope.js';
import { MARKER, RAW_FORMAT } from '../../codec/format.js';
import type { Version } from '../../index.js';
import { digestOf } from './digest.js';
import { about, type OpenCache, RawKey } from './raw-key.js';
import { longestText, shownBytes, type ValueView, viewOfBytes, viewOfValue } from './value-view.js';

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

/** What a string holds. */
export interface StringView {
  readonly value: ValueView;
  /** Of its stored bytes, where all of them were read: what is saved must be what was shown. */
  readonly digest?: string;
}

/** A few bytes can hold many that are compressed: these are still not more than a page is made of. */
const longestCompressed = 100_000;

/** Stands for a time to live: the key is kept, and yet a miss. */
export const missing = -2;

/** `undefined` where it is not there. */
export async function factsOf(open: OpenCache, key: string): Promise<EntryFacts | undefined> {
  const { cache, peek } = open;
  const raw = new RawKey(open, key);
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
  const head = await peek.headOf(key, beginning);
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
    ...(head && { tags: (head.tags ?? []).map(([tag]) => tagParts(tag).name) }),
  };
}

/** Decoded where that is possible, and it is not too long: its length is asked first. */
export async function viewOfString(open: OpenCache, key: string): Promise<StringView> {
  const raw = new RawKey(open, key);
  const [length, beginning] = await raw.askAll([about('STRLEN'), about('GETRANGE', 0, shownBytes - 1)]);
  if (Number(length) > longestText) return { value: viewOfBytes(bytesIn(beginning), Number(length)) };
  const stored = await storedString(raw);
  const digest = digestOf(stored);
  const data = openEnvelope(stored)?.data ?? stored;
  if (isCompressed(data) && data.length > longestCompressed) return { value: viewOfBytes(stored), digest };
  try {
    return { value: viewOfValue(await open.peek.decodeAt(key, data)), digest };
  } catch {
    // Whatever is the matter with it, it can be seen, and deleted.
    return { value: viewOfBytes(stored), digest };
  }
}

/** At most as long as what is shown, however long it has become meanwhile. */
export async function storedString(raw: RawKey): Promise<Buffer> {
  return bytesIn(await raw.ask(about('GETRANGE', 0, longestText)));
}

const isCompressed = (data: Buffer): boolean => data[0] === MARKER && data[1] !== RAW_FORMAT;

const bytesIn = (reply: unknown): Buffer => (Buffer.isBuffer(reply) ? reply : Buffer.alloc(0));
