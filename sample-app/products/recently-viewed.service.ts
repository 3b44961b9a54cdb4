import { Injectable } from '@nestjs/common';
import { CachexService } from 'nest-cachex';
import type { Product } from './product.js';
import { ProductsService } from './products.service.js';

const key = 'recently-viewed';
const length = 5;

@Injectable()
export class RecentlyViewedService {
  constructor(
    private readonly cache: CachexService,
    private readonly products: ProductsService,
  ) {}

  /** To the head of the list, each product once. A transaction, so that nobody sees the steps in between. */
  async add(productId: string): Promise<void> {
    await this.cache
      .pipeline({ transaction: true })
      .lrem(key, 0, productId)
      .lpush(key, productId)
      .ltrim(key, 0, length - 1)
      .execute();
  }

  async list(): Promise<Product[]> {
    const products = await this.products.findMany(await this.cache.lrange<string>(key, 0, -1));
    return [...products.values()];
  }
}
