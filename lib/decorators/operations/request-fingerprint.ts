import { createHash } from 'node:crypto';
import { hasToJSON } from '../../codec/values/inspector.js';
import { isPlain } from '../../nest/class-of.js';

/** The common part of requests on all platforms. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly originalUrl?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
}

/**
 * Identifies a request by its method, URL and body. The order of keys does not count: a client that reads its request
 * from a database may change it. Anything that is not data, such as the stream of an uploaded file, does not count
 * either.
 */
export function fingerprintOf({ method, url, originalUrl, body }: HttpRequest): string {
  const hash = createHash('sha256').update(`${method} ${originalUrl ?? url}\n`);
  return hash.update(Buffer.isBuffer(body) ? body : textOf(body, new Set())).digest('base64url');
}

function textOf(value: unknown, open: Set<object>): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return '';
  // Symbols and `undefined` have no JSON.
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  // A part of a form refers to its form.
  if (open.has(value)) return '';
  open.add(value);
  const text = textOfObject(value, open);
  open.delete(value);
  return text;
}

function textOfObject(object: object, open: Set<object>): string {
  if (Array.isArray(object)) return `[${object.map((element) => textOf(element, open)).join(',')}]`;
  if (hasToJSON(object)) return textOf(object.toJSON(), open);
  if (!isPlain(object)) return '';
  const entries = Object.entries(object).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${textOf(value, open)}`).join(',')}}`;
}
