import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { CachexService, OncePerFleet } from 'nest-cachex';
import { StockService } from './stock.service.js';

/** The stream of orders to the supplier. */
const purchaseOrders = 'purchase-orders';
const few = 5;

@Injectable()
export class NightlyReorder {
  constructor(
    private readonly cache: CachexService,
    private readonly stock: StockService,
  ) {}

  /** The timer of every process fires at 3 o'clock, and the goods are ordered once. */
  @Cron('0 3 * * *', { name: 'reorder', waitForCompletion: true })
  @OncePerFleet({ window: '1m' })
  async reorder(): Promise<void> {
    const productIds = await this.stock.fewerThan(few);
    if (productIds.length === 0) return;
    await this.cache.xadd(purchaseOrders, { productIds }, { maxlen: 1000, approximate: true });
  }
}
