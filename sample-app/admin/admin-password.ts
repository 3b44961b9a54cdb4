import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** `ADMIN_PASSWORD`, or another one each time that the shop opens: it has none that everybody knows. */
@Injectable()
export class AdminPassword {
  readonly value = process.env.ADMIN_PASSWORD || randomBytes(9).toString('base64url');

  /** Takes as long whatever the two have in common. */
  is(given: string): boolean {
    return timingSafeEqual(digestOf(given), digestOf(this.value));
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
