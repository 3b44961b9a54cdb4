import { isDeepStrictEqual } from 'node:util';
import { UnprocessableEntityException } from '@nestjs/common';
import type { TypedBody } from '../dto/key.dto.js';
import type { PeekCache } from './peek-cache.js';
import { valueOf } from '../typed/typed-reader.js';

/**
 * The same with the value that is meant in its `value`; without one where none is.
 *
 * @throws TypeError where a text is not in the notation
 */
export function withValue<T extends TypedBody>({ typed, ...body }: T): Omit<T, 'typed'> {
  return typed === undefined ? body : { ...body, value: valueOf(typed) };
}

/**
 * Refuses what the cache would store as something else, such as a `Date` as the text that JSON makes of it.
 *
 * @throws UnprocessableEntityException
 */
export async function expectKept(peek: PeekCache, value: unknown, as: 'value' | 'member'): Promise<void> {
  if (isDeepStrictEqual(await peek.storedAndRead(value, as), value)) return;
  throw new UnprocessableEntityException(
    'The serializer of this cache cannot keep this value: it would come back as another one. JSON keeps no types; msgpack and v8 do',
  );
}
