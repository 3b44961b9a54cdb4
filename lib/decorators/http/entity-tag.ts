import { hash } from 'node:crypto';

/** A strong entity tag for bytes: no others have the same. */
export function entityTag(bytes: string | Buffer): string {
  return `"${hash('sha256', bytes, 'base64url').slice(0, 27)}"`;
}

/** A strong entity tag with these words, whatever signs they have. */
export function namedTag(words: string): string {
  return /^[\x21\x23-\x7e]+$/.test(words) ? `"${words}"` : entityTag(words);
}

const tags = /(?:W\/)?("[^"]*")/g;

/** Whether `If-None-Match` names the tag: compared weakly, as RFC 9110 says, so that what a proxy has weakened counts. */
export function isNamedIn(field: string | undefined, tag: string): boolean {
  if (field === undefined) return false;
  if (field.trim() === '*') return true;
  for (const [, opaque] of field.matchAll(tags)) if (opaque === tag) return true;
  return false;
}
