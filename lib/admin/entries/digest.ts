import { createHash } from 'node:crypto';

/** Identifies stored bytes that the page has shown. */
export const digestOf = (...parts: readonly (Buffer | string)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64url').slice(0, 22);
};
