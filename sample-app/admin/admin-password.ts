import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** `ADMIN_PASSWORD`, or a new random one at each start: there is no default that everybody knows. */
@Injectable()
export class AdminPassword {
  readonly value = process.env.ADMIN_PASSWORD || randomBytes(9).toString('base64url');

  /** Takes equally long for any wrong password. */
  is(given: string): boolean {
    return timingSafeEqual(digestOf(given), digestOf(this.value));
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
