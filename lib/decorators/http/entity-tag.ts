import { hash } from 'node:crypto';

/** A strong entity tag, unique for these bytes. */
export function entityTag(bytes: string | Buffer): string {
  return `"${hash('sha256', bytes, 'base64url').slice(0, 27)}"`;
}

/** A strong entity tag of this text, whatever characters it has. */
export function namedTag(words: string): string {
  return /^[\x21\x23-\x7e]+$/.test(words) ? `"${words}"` : entityTag(words);
}

const tags = /(?:W\/)?("[^"]*")/g;

/** Whether `If-None-Match` names the tag: compared weakly, as RFC 9110 requires, because proxies may weaken tags. */
export function isNamedIn(field: string | undefined, tag: string): boolean {
  if (field === undefined) return false;
  if (field.trim() === '*') return true;
  for (const [, opaque] of field.matchAll(tags)) if (opaque === tag) return true;
  return false;
}
