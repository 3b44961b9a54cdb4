import { StreamableFile } from '@nestjs/common';
import { isObservable } from 'rxjs';

/**
 * Whether a value can be read only once, like a stream: it goes to its caller, and neither to the cache nor to others.
 */
export function canBeReadOnce(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof StreamableFile || isObservable(value) || Symbol.asyncIterator in value) return true;
  const { pipe, getReader } = value as { pipe?: unknown; getReader?: unknown };
  return typeof pipe === 'function' || typeof getReader === 'function';
}
