import type { Encoded } from '../codec/codec.types.js';
import { match, Mismatch, type StandardSchema } from '../codec/schema.js';
import type { ReplyContext } from '../command-model/command.js';

/** Why a waiter gets no value: it cannot be copied, or it is too late to copy it. */
export const unshared = Symbol('a value for its own caller only');

/** A value that a factory has made, for all its waiters. */
export class Made<T> {
  private encoding: Encoded | Promise<Encoded> | undefined;
  private isTaken = false;

  constructor(
    readonly value: T,
    private readonly codec: Pick<ReplyContext, 'encode' | 'decode'>,
    /** Whether it is only for the caller whose factory made it. */
    readonly isPrivate: boolean,
    /** For the caller whose factory made it: the output of its schema, which may be nothing. */
    private readonly output: unknown,
  ) {}

  /**
   * The bytes of the value, which is encoded once: a promise if it is compressed, or cannot be encoded.
   */
  encode(): Encoded | Promise<Encoded> {
    if (this.encoding === undefined) {
      this.encoding = this.encoded();
      if (this.encoding instanceof Promise) this.encoding.catch(() => undefined);
    }
    return this.encoding;
  }

  /** The same; one that cannot be encoded is not stored, and cannot be shared. */
  async tryEncode(): Promise<Encoded | undefined> {
    try {
      return await this.encode();
    } catch {
      return undefined;
    }
  }

  private encoded(): Encoded | Promise<Encoded> {
    try {
      return this.codec.encode(this.value);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** For the caller whose factory made it, who may change it from now on. */
  take(): T {
    this.isTaken = true;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its caller decides the type of a schema's output
    return this.output as T;
  }

  /**
   * For a second caller, who must not share an object with the first: what a hit would return, as it was before the
   * first caller got it.
   *
   * @throws unshared if there is no such copy
   */
  async copy(): Promise<T> {
    const { value, isPrivate } = this;
    if (!isPrivate && typeof value !== 'function' && (typeof value !== 'object' || value === null)) return value;
    if (isPrivate || (this.isTaken && this.encoding === undefined)) throw unshared;
    const encoded = await this.tryEncode();
    if (encoded === undefined) throw unshared;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the codec returns what it was given
    return (await this.codec.decode(Buffer.from(encoded))) as T;
  }
}

/**
 * The output of a caller's schema for a copy: the value was made for another caller, with another schema or none.
 *
 * @throws unshared if it does not match
 */
export async function outputOf<T>(copy: T, schema: StandardSchema): Promise<T> {
  const output = await match(schema, copy);
  if (output instanceof Mismatch) throw unshared;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its caller decides the type of a schema's output
  return output as T;
}
