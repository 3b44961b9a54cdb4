import { createHash } from 'node:crypto';

/** What stands for stored bytes that somebody has seen. */
export const digestOf = (...parts: readonly (Buffer | string)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64url').slice(0, 22);
};
