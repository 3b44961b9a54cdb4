import { isDeepStrictEqual } from 'node:util';
import { UnprocessableEntityException } from '@nestjs/common';
import type { Encoded } from '../../codec/codec.types.js';
import type { TypedBody } from '../dto/key.dto.js';
import type { PeekCache, StoredAs } from './peek-cache.js';
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
 * The bytes that the cache stores of a value. Refuses what it would store as something else, such as a `Date` as the text
 * that JSON makes of it.
 *
 * @throws UnprocessableEntityException
 * @throws SerializerError where the cache stores no such value
 */
export async function expectKept(peek: PeekCache, key: string, value: unknown, as: StoredAs): Promise<Encoded> {
  const bytes = await peek.encoded(key, value, as);
  if (isDeepStrictEqual(await peek.readBack(key, bytes, as), value)) return bytes;
  throw new UnprocessableEntityException(
    'The serializer of this cache cannot keep this value: it would come back as another one. JSON keeps no types; msgpack and v8 do',
  );
}
