import { SerializerError } from '../errors/index.js';

/** `undefined`, functions and symbols cannot be stored; what is nested in a value is for the serializer to refuse. */
export function assertStorable(value: unknown): void {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') {
    throw new SerializerError(`${typeof value} cannot be stored`);
  }
}
