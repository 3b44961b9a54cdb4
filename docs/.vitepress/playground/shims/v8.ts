import { Buffer } from './buffer.js';

/** The library asks for the header of the format when it is loaded. */
export function serialize(value: unknown): Buffer {
  if (value === null) return Buffer.from([0xff, 0x0f, 0x30]);
  throw new Error("The serializer 'v8' is part of Node.js, and not of the playground");
}

export function deserialize(): never {
  throw new Error("The serializer 'v8' is part of Node.js, and not of the playground");
}
