import { SerializerError } from '../errors/index.js';

/** What nobody can store: what is nested in a value is for the serializer to refuse. */
export function assertStorable(value: unknown): void {
  if (value === undefined) throw new SerializerError('undefined cannot be stored: it stands for a missing key');
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new SerializerError(`A ${typeof value} cannot be stored`);
  }
}
