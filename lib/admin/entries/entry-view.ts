import { tagParts } from '../../arguments/scope.js';
import type { Layers } from '../../codec/codec.js';
import { OutputTooLong } from '../../codec/compressors/output-limit.js';
import { isReservation, openEnvelope } from '../../codec/envelope.js';
import { isEncrypted } from '../../codec/keyring.js';
import type { Version } from '../../index.js';
import { digestOf } from './digest.js';
import { about, type OpenCache, RawKey } from './raw-key.js';
import { longestText, shownBytes, type ValueView, viewOfBytes, viewOfValue } from './value-view.js';

/** Properties of a key, without its contents. */
export interface EntryFacts {
  readonly key: string;
  readonly version: Version;
  /** The name on the server. */
  readonly wireKey: string;
  readonly type: string;
  /**
   * Milliseconds until it expires; `-1` for never, `-2` for a stale copy: its time is over, or a tag was invalidated.
   */
  readonly ttlMs: number;
  /** Milliseconds until the server deletes it; with `grace`, later than `ttlMs`. */
  readonly keptMs: number;
  /** Memory in bytes, if the server reports it. */
  readonly memory?: number;
  readonly encoding?: string;
  readonly tags?: readonly string[];
}

/** The contents of a string. */
export interface StringView {
  readonly value: ValueView;
  /** The digest of the stored bytes, if all were read: a save must apply to the value that the page showed. */
  readonly digest?: string;
  /** The stored bytes. */
  readonly raw?: ValueView;
  readonly codec?: CodecView;
  /** Whether a process is computing the value. The key holds a placeholder until then. */
  readonly isReserved?: boolean;
}

/** The layers of a stored value. */
export interface CodecView {
  readonly storedBytes: number;
  /** The part of these bytes that holds tags and grace, before the value. */
  readonly envelopeBytes: number;
  readonly encrypted: boolean;
  readonly compressor?: string;
  readonly serializer?: string;
  /** Size of the serializer's output, before compression and encryption. */
  readonly plainBytes?: number;
}

/** Longer values are not decoded again to determine their serializer. Compressed data may expand to many bytes. */
const longestExplained = 256_000;

/** The time to live of a stale copy, which counts as a miss. */
export const missing = -2;

/** Resolves to `undefined` if the key does not exist. */
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
    // `PTTL` was read at another moment. Without an envelope, both times are the same.
    keptMs: head ? Number(keptMs) : ttlMs,
    ...(typeof memory === 'number' && { memory }),
    ...(Buffer.isBuffer(encoding) && { encoding: String(encoding) }),
    ...(head && { tags: (head.tags ?? []).map(([tag]) => tagParts(tag).name) }),
  };
}

/** Decodes the value if that is possible. Asks for the length first, and leaves out long values. */
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
    // A value that cannot be decoded can still be shown and deleted.
    if (!(error instanceof OutputTooLong)) return { value: raw, ...common };
    const value = { ...raw, expandsBeyond: error.limit };
    return { value, ...common, codec: { ...sizes, ...(await layersOf(open, key, data)) } };
  }
}

async function layersOf({ peek }: OpenCache, key: string, data: Buffer): Promise<Layers & { encrypted: boolean }> {
  if (data.length > longestExplained) return { encrypted: isEncrypted(data) };
  return peek.layersAt(key, data, longestExplained);
}

/** Reads no more than the page shows, even if the value has grown meanwhile. */
export async function storedString(raw: RawKey): Promise<Buffer> {
  return bytesIn(await raw.ask(about('GETRANGE', 0, longestText)));
}

const bytesIn = (reply: unknown): Buffer => (Buffer.isBuffer(reply) ? reply : Buffer.alloc(0));
