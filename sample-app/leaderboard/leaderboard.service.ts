import { Injectable } from '@nestjs/common';
import { CachexService } from 'nest-cachex';
import { ProductsService } from '../products/products.service.js';
import type { Quantities } from '../stock/quantities.js';

export interface BestSeller {
  productId: string;
  name?: string;
  sold: number;
}

/** A sorted set, product ids by units sold. */
const key = 'best-sellers';

@Injectable()
export class LeaderboardService {
  constructor(
    private readonly cache: CachexService,
    private readonly products: ProductsService,
  ) {}

  async count(quantities: Quantities): Promise<void> {
    const pipeline = this.cache.pipeline();
    for (const [productId, quantity] of quantities) pipeline.zincrby(key, quantity, productId);
    await pipeline.execute();
  }

  async top(limit: number): Promise<BestSeller[]> {
    const ranking = await this.cache.zrange<string>(key, 0, limit - 1, { desc: true, withScores: true });
    const products = await this.products.findMany(ranking.map(([productId]) => productId));
    return ranking.map(([productId, sold]) => ({ productId, name: products.get(productId)?.name, sold }));
  }
}
