import { Injectable, NotFoundException } from '@nestjs/common';
import { CachexService, NotSupportedError } from 'nest-cachex';
import { ProductsService } from '../products/products.service.js';
import type { Quantities } from '../stock/quantities.js';
import { type Bill, billOf } from './bill.js';

export interface Cart extends Bill {
  id: string;
  /** Seconds until the cart is forgotten. */
  expiresIn: number;
}

/** A hash per cart, units by product id. */
const cartKey = (id: string): string => `cart:${id}`;
const lifetime = '30m';

@Injectable()
export class CartsService {
  constructor(
    private readonly cache: CachexService,
    private readonly products: ProductsService,
  ) {}

  async read(id: string): Promise<Cart> {
    const [quantities, ttl] = await this.cache.pipeline().hgetall<number>(cartKey(id)).ttl(cartKey(id)).execute();
    return { id, ...(await this.bill(quantities)), expiresIn: Math.max(ttl, 0) };
  }

  /** Every change restarts the cart's lifetime, in the same transaction: no cart is left without an expiry. */
  async add(id: string, quantities: Quantities): Promise<void> {
    const transaction = this.cache.pipeline({ transaction: true });
    for (const [productId, quantity] of quantities) transaction.hincrby(cartKey(id), productId, quantity);
    await transaction.expire(cartKey(id), lifetime).execute();
    await this.endItems(id, [...quantities.keys()]);
  }

  /**
   * Each item leaves the cart when nobody has added to it for that long. Servers before Redis 7.4 and Valkey 9.0 cannot let
   * fields expire, and are not asked to: there the cart expires as a whole.
   */
  private async endItems(id: string, productIds: readonly string[]): Promise<void> {
    try {
      await this.cache.hexpire(cartKey(id), lifetime, productIds);
    } catch (error) {
      if (!(error instanceof NotSupportedError)) throw error;
    }
  }

  async remove(id: string, productId: string): Promise<void> {
    const [removed] = await this.cache
      .pipeline({ transaction: true })
      .hdel(cartKey(id), productId)
      .expire(cartKey(id), lifetime)
      .execute();
    if (removed === 0) throw new NotFoundException(`No ${productId} in cart ${id}`);
  }

  /** Reads and empties in one transaction: of two checkouts of one cart, only one gets anything. */
  async take(id: string): Promise<Quantities> {
    const [quantities] = await this.cache
      .pipeline({ transaction: true })
      .hgetall<number>(cartKey(id))
      .delete(cartKey(id))
      .execute();
    return quantities;
  }

  async bill(quantities: Quantities): Promise<Bill> {
    const products = await this.products.findMany([...quantities.keys()]);
    return billOf(quantities, products.values());
  }
}
