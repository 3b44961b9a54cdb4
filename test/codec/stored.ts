import type { Codec, Encoded } from '../../lib/codec/index.js';

/** The reply of the server for the encoded value. */
export function stored(encoded: Encoded): Buffer {
  return Buffer.from(encoded as string);
}

/** The value after a round trip through the server. */
export async function roundTrip(codec: Codec, value: unknown): Promise<unknown> {
  return codec.decode(stored(await codec.encode(value)));
}

/** The error that a call throws, or that its promise rejects with. */
export async function failure(call: () => unknown): Promise<Error & { code?: string }> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('The call did not fail');
}
