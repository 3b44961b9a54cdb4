import { isDeepStrictEqual } from 'node:util';
import { UnprocessableEntityException } from '@nestjs/common';
import type { Encoded } from '../../codec/codec.types.js';
import type { TypedBody } from '../dto/key.dto.js';
import type { PeekCache, StoredAs } from './peek-cache.js';
import { valueOf } from '../typed/typed-reader.js';

/**
 * Returns the body with the parsed value in `value`, if the body has one.
 *
 * @throws TypeError if a text is not in the notation
 */
export function withValue<T extends TypedBody>({ typed, ...body }: T): Omit<T, 'typed'> {
  return typed === undefined ? body : { ...body, value: valueOf(typed) };
}

/**
 * Encodes a value. Refuses a value that would come back as another one, such as a `Date` that JSON turns into a string.
 *
 * @throws UnprocessableEntityException
 * @throws SerializerError if the cache cannot store the value
 */
export async function expectKept(peek: PeekCache, key: string, value: unknown, as: StoredAs): Promise<Encoded> {
  const bytes = await peek.encoded(key, value, as);
  if (isDeepStrictEqual(await peek.readBack(key, bytes, as), value)) return bytes;
  throw new UnprocessableEntityException(
    'The serializer of this cache cannot keep this value: it would come back as another one. JSON keeps no types; msgpack and v8 do',
  );
}
