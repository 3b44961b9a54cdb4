import { entityTag, namedTag } from './entity-tag.js';

/** An answer as an entry holds it: as it is sent, so that a 304 needs no decoding. */
export interface Representation {
  readonly etag: string;
  /** When it was made: milliseconds since 1970. */
  readonly at: number;
  /** How long it is valid; `null`: forever. */
  readonly ms: number | null;
  readonly status: number;
  /** The Content-Type set by the handler. */
  readonly type?: string;
  /** For an object. */
  readonly json?: string;
  /** For anything else. */
  readonly plain?: unknown;
}

/** The facts about an answer beside its value. */
export interface About {
  readonly ms: number | null;
  readonly status: number;
  readonly type: string | undefined;
  /** The result of the option `etag`. */
  readonly words: string | undefined;
}

/** As Nest sends it: objects as JSON, bytes unchanged, everything else as text. */
export function represent(value: unknown, { ms, status, type, words }: About): Representation {
  const isObject = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
  // A toJSON() may return `undefined`, which is sent as nothing.
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

/** Whether a key really holds one: another program may have written it. */
export function isRepresentation(value: unknown): value is Representation {
  if (typeof value !== 'object' || value === null) return false;
  const { etag, at, status, json } = value as Partial<Record<keyof Representation, unknown>>;
  const isWhole = typeof json === 'string' || 'plain' in value;
  return typeof etag === 'string' && typeof at === 'number' && typeof status === 'number' && isWhole;
}

/** The value, as a copy that the caller may change. */
export function valueOf({ json, plain }: Representation): unknown {
  return json === undefined ? plain : (JSON.parse(json) as unknown);
}
