import { Injectable } from '@nestjs/common';
import { CachexService } from 'nest-cachex';
import { Carrier, type DeliveryQuote } from './carrier.js';

@Injectable()
export class DeliveryService {
  constructor(
    private readonly cache: CachexService,
    private readonly carrier: Carrier,
  ) {}

  /** Asks the carrier once in five minutes; everybody else gets the copy, whose dates are dates again. */
  async quote(productId: string): Promise<DeliveryQuote> {
    const key = `delivery:${productId}`;
    const cached = await this.cache.get<DeliveryQuote>(key);
    if (cached !== undefined) return cached;

    const quote = await this.carrier.quote(productId);
    await this.cache.set(key, quote, '5m');
    return quote;
  }
}
