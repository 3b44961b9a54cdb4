import { LRUCache } from 'lru-cache';
import { ENVELOPE_FORMAT, MARK_LENGTH, MARKER } from './format.js';

/** A tag, and its stamp from the time when the value was made. */
export type Stamp = readonly [tag: string, stamp: string];

/** The properties stored beside a value. */
export interface EnvelopeHead {
  /** How long before the end of its time to live the entry becomes stale. */
  readonly grace?: number;
  readonly tags?: readonly Stamp[];
  /** An entry with tags and no timeout: its readers keep the tags known. */
  readonly endless?: boolean;
}

export interface Envelope {
  readonly head: EnvelopeHead;
  /** The bytes of the value alone. */
  readonly data: Buffer;
}

/** Every read asks for the stamps of all tags. */
export const MAX_TAGS = 1000;
/** Letters of all tags of an entry together. */
export const MAX_TAG_LETTERS = 65_536;
/** No entry of ours has a longer head: a letter takes at most 6 bytes, and a stamp with its surroundings 20. */
export const MAX_HEAD_LENGTH = 6 * MAX_TAG_LETTERS + 20 * MAX_TAGS + 1024;

const lineFeed = 0x0a;
const envelopeMark = Buffer.from([MARKER, ENVELOPE_FORMAT]);

/** The head of an entry with these properties, without their defaults. */
export function headOf({ grace, tags, endless }: Required<EnvelopeHead>): EnvelopeHead {
  return {
    ...(grace > 0 && { grace }),
    ...(tags.length > 0 && { tags }),
    ...(tags.length > 0 && endless && { endless }),
  };
}

/** `C1 02`, the head as JSON, a line feed, and the bytes of the value: readable in redis-cli, too. */
export function sealEnvelope(head: EnvelopeHead, data: Buffer | string): Buffer {
  return Buffer.concat([envelopeMark, Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(data)]);
}

/** Longer than any entry is kept: according to its `grace`, such an entry was never fresh. */
const always = Number.MAX_SAFE_INTEGER;
const reservationStart = Buffer.concat([envelopeMark, Buffer.from(`{"grace":${always},"load":"`)]);

/** An empty envelope. It reserves a key while its value is being made; every reader treats the key as missing. */
export function sealReservation(token: string): Buffer {
  return Buffer.concat([reservationStart, Buffer.from(`${token}"}\n`)]);
}

export function isReservation(data: Buffer): boolean {
  return isEnvelope(data) && data.subarray(0, reservationStart.length).equals(reservationStart);
}

export function isEnvelope(data: Buffer): boolean {
  return data[0] === MARKER && data[1] === ENVELOPE_FORMAT;
}

/** `undefined` for anything else, a damaged or too large envelope, or the beginning of a longer head. */
export function openEnvelope(data: Buffer): Envelope | undefined {
  if (!isEnvelope(data)) return undefined;
  const end = data.subarray(0, MAX_HEAD_LENGTH).indexOf(lineFeed, MARK_LENGTH);
  if (end < 0) return undefined;
  const head = headIn(data.toString('utf8', MARK_LENGTH, end));
  return head && { head, data: data.subarray(end + 1) };
}

/** Entries that were made with the same tags have the same head, as long as none of them is invalidated. */
const heads = new LRUCache<string, EnvelopeHead>({ max: 1000 });
/** Longer ones are not kept. */
const longestKept = 1024;

function headIn(text: string): EnvelopeHead | undefined {
  const known = heads.get(text);
  if (known) return known;
  const head = parseHead(text);
  if (head && text.length <= longestKept) heads.set(text, head);
  return head;
}

function parseHead(text: string): EnvelopeHead | undefined {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof head !== 'object' || head === null) return undefined;
  const { grace = 0, tags = [], endless = false }: Partial<Record<keyof EnvelopeHead, unknown>> = head;
  if (typeof grace !== 'number' || !Number.isSafeInteger(grace) || grace < 0) return undefined;
  const isSound = Array.isArray(tags) && tags.length <= MAX_TAGS && tags.every(isStamp);
  if (!isSound) return undefined;
  return endless === true ? { grace, tags, endless } : { grace, tags };
}

function isStamp(value: unknown): value is Stamp {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
