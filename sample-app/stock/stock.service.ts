import { ConflictException, Injectable, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { CachexService, currentLock, LuaScript, luaCall, WithLock } from 'nest-cachex';
import type { Quantities } from './quantities.js';
import { takeSource } from './take.script.js';

/** A hash, units on the shelf by product id. */
const unitsKey = '{stock}:units';
/** The fencing token of the last writer. The braces keep both keys on one node of a cluster, which scripts need. */
const fenceKey = '{stock}:fence';

@Injectable()
export class StockService {
  constructor(private readonly cache: CachexService) {}

  async units(productId: string): Promise<number> {
    const units = await this.cache.hget<number>(unitsKey, productId);
    if (units === undefined) throw new NotFoundException(`No product ${productId}`);
    return units;
  }

  async fewerThan(units: number): Promise<string[]> {
    const all = await this.cache.hgetall<number>(unitsKey);
    return Array.from(all).flatMap(([productId, left]) => (left < units ? [productId] : []));
  }

  /** The first units; a product that already has units keeps them. */
  async introduce(productId: string, units: number): Promise<void> {
    await this.cache.hsetnx(unitsKey, productId, units);
  }

  async restock(productId: string, quantity: number): Promise<void> {
    await this.cache.hincrby(unitsKey, productId, quantity);
  }

  /**
   * Takes the units of all products, or of none. Checking first and taking later would sell the last unit twice, so one caller at a time does it.
   * A process that was frozen past the end of its lease writes nothing: the script refuses a fencing token older than the
   * last one it has seen.
   */
  @WithLock({ key: 'stock', blockingTimeout: '5s' })
  async reserve(quantities: Quantities): Promise<void> {
    const left = await this.cache.hmget<number>(unitsKey, ...quantities.keys());
    const missing = [...quantities].filter(([, quantity], index) => (left[index] ?? 0) < quantity);
    if (missing.length > 0) throw new ConflictException(`Not enough in stock: ${missing.map(([id]) => id).join(', ')}`);
    if (!(await this.take(quantities, currentLock()!.fencingToken!))) {
      throw new ServiceUnavailableException('Somebody else is at the stock, try again');
    }
  }

  @LuaScript({ name: 'take', script: takeSource, numKeys: 2 })
  private async take(quantities: Quantities, fencingToken: number): Promise<number> {
    return luaCall({ keys: [unitsKey, fenceKey], args: [fencingToken, ...[...quantities].flat()] });
  }
}
