import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The password of the options, or a random one for each start. */
export class Password {
  readonly value: string;

  constructor(given: string | undefined) {
    this.value = given || randomBytes(12).toString('base64url');
  }

  /** Compares in constant time. */
  is(candidate: string): boolean {
    return timingSafeEqual(digestOf(candidate), digestOf(this.value));
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
