import { SerializerError } from '../errors/index.js';

/** Values that no serializer can store; the serializer itself checks nested ones. */
export function assertStorable(value: unknown): void {
  if (value === undefined) throw new SerializerError('undefined cannot be stored: it stands for a missing key');
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new SerializerError(`A ${typeof value} cannot be stored`);
  }
}
