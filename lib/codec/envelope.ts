import { ENVELOPE_FORMAT, MARK_LENGTH, MARKER } from './format.js';

/** A tag, and what stood for it when the value was made. */
export type Stamp = readonly [tag: string, stamp: string];

/** What is stored beside a value. */
export interface EnvelopeHead {
  /** For how long of its time to live the entry is no longer fresh, and only kept. */
  readonly grace?: number;
  readonly tags?: readonly Stamp[];
}

export interface Envelope {
  readonly head: EnvelopeHead;
  /** The bytes of the value alone. */
  readonly data: Buffer;
}

const lineFeed = 0x0a;
const envelopeMark = Buffer.from([MARKER, ENVELOPE_FORMAT]);

/** `C1 02`, the head as JSON, a line feed, and the bytes of the value: to be read in redis-cli too. */
export function sealEnvelope(head: EnvelopeHead, data: Buffer | string): Buffer {
  return Buffer.concat([envelopeMark, Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(data)]);
}

export function isEnvelope(data: Buffer): boolean {
  return data[0] === MARKER && data[1] === ENVELOPE_FORMAT;
}

/** `undefined` where it is none, a damaged one, or the beginning of one whose head is longer. */
export function openEnvelope(data: Buffer): Envelope | undefined {
  if (!isEnvelope(data)) return undefined;
  const end = data.indexOf(lineFeed, MARK_LENGTH);
  if (end < 0) return undefined;
  const head = parseHead(data.toString('utf8', MARK_LENGTH, end));
  return head && { head, data: data.subarray(end + 1) };
}

function parseHead(text: string): EnvelopeHead | undefined {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof head !== 'object' || head === null) return undefined;
  const { grace = 0, tags = [] } = head as Record<string, unknown>;
  const isSound = typeof grace === 'number' && grace >= 0 && Array.isArray(tags) && tags.every(isStamp);
  return isSound ? { grace, tags } : undefined;
}

function isStamp(value: unknown): value is Stamp {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
