import { Injectable } from '@nestjs/common';
import { Cacheable, CacheableMany, CachePut } from 'nest-cachex';
import { Carrier, type DeliveryQuote } from './carrier.js';

const quoteKey = (productId: string): string => `delivery:${productId}`;
const lifetime = '5m';

@Injectable()
export class DeliveryService {
  constructor(private readonly carrier: Carrier) {}

  /** Asks the carrier once in five minutes; everybody else gets the copy, whose dates are dates again. */
  @Cacheable({ key: quoteKey, timeout: lifetime })
  async quote(productId: string): Promise<DeliveryQuote> {
    return this.carrier.quote(productId);
  }

  /** Asks the carrier once for all products without a cached quote; it shares its entries with `quote`. */
  @CacheableMany({ key: quoteKey, timeout: lifetime })
  async quoteMany(productIds: string[]): Promise<Map<string, DeliveryQuote>> {
    return this.carrier.quoteMany(productIds);
  }

  /** Asks again, for everybody. */
  @CachePut({ key: quoteKey, timeout: lifetime })
  async requote(productId: string): Promise<DeliveryQuote> {
    return this.carrier.quote(productId);
  }
}
