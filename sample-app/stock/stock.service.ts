import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { CachexService } from 'nest-cachex';
import type { Quantities } from './quantities.js';

/** A hash, units on the shelf by product id. One key, so that a transaction over several products works on a cluster. */
const key = 'stock';

@Injectable()
export class StockService {
  constructor(private readonly cache: CachexService) {}

  async units(productId: string): Promise<number> {
    const units = await this.cache.hget<number>(key, productId);
    if (units === undefined) throw new NotFoundException(`No product ${productId}`);
    return Math.max(units, 0);
  }

  /** Units to begin with; a product that has some number of units already keeps it. */
  async introduce(productId: string, units: number): Promise<void> {
    await this.cache.hsetnx(key, productId, units);
  }

  async restock(productId: string, quantity: number): Promise<void> {
    await this.cache.hincrby(key, productId, quantity);
  }

  /**
   * Takes the units of all products, or of none.
   *
   * Looking first and taking then would sell the last unit twice. So take first, which Redis does for one caller after
   * the other, and give back when too little was there. The price: until then the number is below zero, and somebody
   * who wants less may be turned away; whoever crashes in between keeps the units. Never is a unit sold twice.
   */
  async reserve(quantities: Quantities): Promise<void> {
    const left = await this.change(quantities, -1);
    const missing = [...quantities.keys()].filter((_, index) => left[index]! < 0);
    if (missing.length === 0) return;
    await this.change(quantities, 1);
    throw new ConflictException(`Not enough in stock: ${missing.join(', ')}`);
  }

  private change(quantities: Quantities, sign: 1 | -1): Promise<number[]> {
    const transaction = this.cache.pipeline({ transaction: true });
    for (const [productId, quantity] of quantities) transaction.hincrby(key, productId, sign * quantity);
    return transaction.execute<number[]>();
  }
}
