import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

export interface DeliveryQuote {
  days: number;
  quotedAt: Date;
}

/** Stands for the API of a parcel service: correct, but slow. */
@Injectable()
export class Carrier {
  async quote(productId: string): Promise<DeliveryQuote> {
    await delay(300);
    return quoteOf(productId);
  }

  /** Many in one request, which is as slow as one. */
  async quoteMany(productIds: readonly string[]): Promise<Map<string, DeliveryQuote>> {
    await delay(300);
    return new Map(productIds.map((productId) => [productId, quoteOf(productId)]));
  }
}

const quoteOf = (productId: string): DeliveryQuote => ({ days: 1 + (productId.length % 5), quotedAt: new Date() });
