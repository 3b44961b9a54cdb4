import { Injectable } from '@nestjs/common';
import { CachexService, StreamConsumer, type StreamEntry } from 'nest-cachex';
import { type PlacedOrder, placedOrders } from '../orders/placed-orders.js';
import { ProductsService } from '../products/products.service.js';

export interface BestSeller {
  productId: string;
  name?: string;
  sold: number;
}

/** A sorted set, product ids by units sold. */
const key = 'best-sellers';

/** The channel that announces changes of the ranking. */
export const rankingChanged = 'best-sellers:changed';

@Injectable()
export class LeaderboardService {
  constructor(
    private readonly cache: CachexService,
    private readonly products: ProductsService,
  ) {}

  /** An order that is delivered twice counts twice: after a crash the ranking may be that much off. */
  @StreamConsumer({ stream: placedOrders, group: 'leaderboard' })
  async count({ fields }: StreamEntry<PlacedOrder>): Promise<void> {
    const pipeline = this.cache.pipeline({ transaction: true });
    for (const [productId, quantity] of fields.quantities) pipeline.zincrby(key, quantity, productId);
    await pipeline.execute();
    await this.cache.publish(rankingChanged, fields.orderId);
  }

  async top(limit: number): Promise<BestSeller[]> {
    const ranking = await this.cache.zrange<string>(key, 0, limit - 1, { desc: true, withScores: true });
    const products = await this.products.findMany(ranking.map(([productId]) => productId));
    return ranking.map(([productId, sold]) => ({ productId, name: products.get(productId)?.name, sold }));
  }
}
