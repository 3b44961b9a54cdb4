import { sha1, sha256 } from './digests.js';
import { Buffer } from './buffer.js';

const algorithms = { sha1, sha256 };
type Algorithm = keyof typeof algorithms;

class Hash {
  private readonly parts: Uint8Array[] = [];

  constructor(private readonly algorithm: Algorithm) {}

  update(data: string | Uint8Array, encoding?: BufferEncoding): this {
    this.parts.push(typeof data === 'string' ? Buffer.from(data, encoding) : data);
    return this;
  }

  digest(encoding?: BufferEncoding): Buffer | string {
    const digest = Buffer.from(algorithms[this.algorithm](Buffer.concat(this.parts)));
    return encoding === undefined ? digest : digest.toString(encoding);
  }
}

export const createHash = (algorithm: Algorithm): Hash => new Hash(algorithm);

export const hash = (algorithm: Algorithm, data: string | Uint8Array, encoding: BufferEncoding = 'hex'): unknown =>
  createHash(algorithm).update(data).digest(encoding);

export const randomBytes = (size: number): Buffer => {
  const bytes = Buffer.alloc(size);
  globalThis.crypto.getRandomValues(bytes);
  return bytes;
};

export const randomUUID = (): string => globalThis.crypto.randomUUID();

/** Like Node's, from `min` to below `max`. */
export function randomInt(min: number, max?: number): number {
  const [from, to] = max === undefined ? [0, min] : [min, max];
  return from + Math.floor(Math.random() * (to - from));
}

export function timingSafeEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

const missing = (name: string) => (): never => {
  throw new Error(`${name} is not part of the playground`);
};
export const createCipheriv = missing('encryption');
export const createDecipheriv = missing('encryption');
export const createSecretKey = missing('encryption');
