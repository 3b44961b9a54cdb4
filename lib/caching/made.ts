import type { Codec, Encoded } from '../codec/codec.types.js';

/** A value that a factory has made, for all who wait for it. */
export class Made<T> {
  private encoding: Promise<Encoded> | undefined;

  constructor(
    readonly value: T,
    private readonly codec: Pick<Codec, 'encode' | 'decode'>,
  ) {}

  /** The bytes of the value, which is encoded once. */
  encode(): Promise<Encoded> {
    if (!this.encoding) {
      this.encoding = (async () => this.codec.encode(this.value))();
      this.encoding.catch(() => undefined);
    }
    return this.encoding;
  }

  /** For a second caller, who must not share an object with the first: what a hit would give. */
  async copy(): Promise<T> {
    if (typeof this.value !== 'object' || this.value === null) return this.value;
    try {
      return (await this.codec.decode(Buffer.from(await this.encode()))) as T;
    } catch {
      // What cannot be stored cannot be copied either.
      return this.value;
    }
  }
}
