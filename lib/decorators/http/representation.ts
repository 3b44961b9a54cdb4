import { entityTag, namedTag } from './entity-tag.js';

/** What an entry holds of an answer: as it is sent, so that it need not be decoded to say that it has not changed. */
export interface Representation {
  readonly etag: string;
  /** When it was made: milliseconds since 1970. */
  readonly at: number;
  /** How long it counts; `null`: for ever. */
  readonly ms: number | null;
  readonly status: number;
  /** The Content-Type that the handler has set. */
  readonly type?: string;
  /** Of an object. */
  readonly json?: string;
  /** Of anything else. */
  readonly plain?: unknown;
}

/** What is to be known of an answer beside its value. */
export interface About {
  readonly ms: number | null;
  readonly status: number;
  readonly type: string | undefined;
  /** What the option `etag` says of it. */
  readonly words: string | undefined;
}

/** As Nest sends it: objects as JSON, bytes as they are, all else as text. */
export function represent(value: unknown, { ms, status, type, words }: About): Representation {
  const isObject = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
  // What has a toJSON() may say `undefined`, which is sent as nothing.
  const json = isObject ? (JSON.stringify(value) ?? 'null') : undefined;
  const bytes = json ?? (Buffer.isBuffer(value) ? value : String(value));
  return {
    etag: words === undefined ? entityTag(bytes) : namedTag(words),
    at: Date.now(),
    ms,
    status,
    ...(type !== undefined && { type }),
    ...(json === undefined ? { plain: value } : { json }),
  };
}

/** Whether that is what stands at a key: somebody else may have written it. */
export function isRepresentation(value: unknown): value is Representation {
  if (typeof value !== 'object' || value === null) return false;
  const { etag, at, status, json } = value as Partial<Record<keyof Representation, unknown>>;
  const isWhole = typeof json === 'string' || 'plain' in value;
  return typeof etag === 'string' && typeof at === 'number' && typeof status === 'number' && isWhole;
}

/** The value, which every caller may change. */
export function valueOf({ json, plain }: Representation): unknown {
  return json === undefined ? plain : (JSON.parse(json) as unknown);
}
