import { tagParts } from '../../arguments/scope.js';
import type { Layers } from '../../codec/codec.js';
import { OutputTooLong } from '../../codec/compressors/output-limit.js';
import { isReservation, openEnvelope } from '../../codec/envelope.js';
import { isEncrypted } from '../../codec/keyring.js';
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
  /** The stored bytes. */
  readonly raw?: ValueView;
  readonly codec?: CodecView;
  /** A process makes the value at this moment; the key stands for it. */
  readonly isReserved?: boolean;
}

/** How a value is stored. */
export interface CodecView {
  readonly storedBytes: number;
  /** Of these, what stands before the value: its tags and its grace. */
  readonly envelopeBytes: number;
  readonly encrypted: boolean;
  readonly compressor?: string;
  readonly serializer?: string;
  /** As the serializer has made it: neither compressed nor encrypted. */
  readonly plainBytes?: number;
}

/** To find out who has serialized it, it is read once more. Compressed, a few bytes can hold many. */
const longestExplained = 256_000;

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
  const there = new RawKey(open, key);
  const [length, beginning] = await there.askAll([about('STRLEN'), about('GETRANGE', 0, shownBytes - 1)]);
  if (Number(length) > longestText) return { value: viewOfBytes(bytesIn(beginning), Number(length)) };
  const stored = await storedString(there);
  const digest = digestOf(stored);
  const data = openEnvelope(stored)?.data ?? stored;
  const raw = viewOfBytes(stored);
  const common = { digest, raw, ...(isReservation(stored) && { isReserved: true }) };
  const sizes = { storedBytes: stored.length, envelopeBytes: stored.length - data.length };
  try {
    const value = viewOfValue(await open.peek.decodeAt(key, data, longestText));
    return { value, ...common, codec: { ...sizes, ...(await layersOf(open, key, data)) } };
  } catch (error) {
    // Whatever is the matter with it, it can be seen, and deleted.
    if (!(error instanceof OutputTooLong)) return { value: raw, ...common };
    const value = { ...raw, expandsBeyond: error.limit };
    return { value, ...common, codec: { ...sizes, ...(await layersOf(open, key, data)) } };
  }
}

async function layersOf({ peek }: OpenCache, key: string, data: Buffer): Promise<Layers & { encrypted: boolean }> {
  if (data.length > longestExplained) return { encrypted: isEncrypted(data) };
  return peek.layersAt(key, data, longestExplained);
}

/** At most as long as what is shown, however long it has become meanwhile. */
export async function storedString(raw: RawKey): Promise<Buffer> {
  return bytesIn(await raw.ask(about('GETRANGE', 0, longestText)));
}

const bytesIn = (reply: unknown): Buffer => (Buffer.isBuffer(reply) ? reply : Buffer.alloc(0));
