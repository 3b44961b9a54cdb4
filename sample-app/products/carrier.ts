import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

export interface DeliveryQuote {
  days: number;
  quotedAt: Date;
}

/** Stands for the API of a parcel service: right, but slow. */
@Injectable()
export class Carrier {
  async quote(productId: string): Promise<DeliveryQuote> {
    await delay(300);
    return { days: 1 + (productId.length % 5), quotedAt: new Date() };
  }
}
