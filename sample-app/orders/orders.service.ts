import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { CachexService, WithSemaphore } from 'nest-cachex';
import type { Bill } from '../carts/bill.js';
import { CartsService } from '../carts/carts.service.js';
import { StockService } from '../stock/stock.service.js';
import { placedOrders } from './placed-orders.js';

export interface Order extends Bill {
  id: string;
  cartId: string;
  placedAt: Date;
}

const orderKey = (id: string): string => `order:${id}`;

@Injectable()
export class OrdersService {
  constructor(
    private readonly cache: CachexService,
    private readonly carts: CartsService,
    private readonly stock: StockService,
  ) {}

  /** At most 10 at a time over all processes of the shop; further customers wait a second, then they get a 503. */
  @WithSemaphore({ key: 'checkout', capacity: 10, blockingTimeout: '1s' })
  async checkout(cartId: string): Promise<Order> {
    const quantities = await this.carts.take(cartId);
    if (quantities.size === 0) throw new ConflictException(`Cart ${cartId} is empty`);
    try {
      await this.stock.reserve(quantities);
    } catch (error) {
      await this.carts.add(cartId, quantities);
      throw error;
    }
    const bill = await this.carts.bill(quantities);
    const order: Order = { id: randomUUID(), cartId, placedAt: new Date(), ...bill };
    await this.cache.set(orderKey(order.id), order, '30d');
    await this.cache.xadd(placedOrders, { orderId: order.id, quantities }, { maxlen: 10_000, approximate: true });
    return order;
  }

  async find(id: string): Promise<Order> {
    const order = await this.cache.get<Order>(orderKey(id));
    if (order === undefined) throw new NotFoundException(`No order ${id}`);
    return order;
  }
}
