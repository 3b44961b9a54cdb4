import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CachexService } from 'nest-cachex';
import { CustomersService } from './account/customers.service.js';
import { ProductsService } from './products/products.service.js';
import { StockService } from './stock/stock.service.js';
import { vouchersKey } from './vouchers/vouchers.controller.js';

const goods = [
  { id: 'espresso-cup', name: 'Espresso cup', price: 900, units: 40 },
  { id: 'moka-pot', name: 'Moka pot', price: 3200, units: 12 },
  { id: 'grinder', name: 'Hand grinder', price: 7900, units: 5 },
  { id: 'scales', name: 'Brewing scales', price: 5400, units: 1 },
];

/** Puts goods on the shelves at start; existing data in Redis do not change. */
@Injectable()
export class DemoData implements OnApplicationBootstrap {
  constructor(
    private readonly cache: CachexService,
    private readonly products: ProductsService,
    private readonly stock: StockService,
    private readonly customers: CustomersService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const { units, ...product } of goods) {
      await this.stock.introduce(product.id, units);
      await this.products.add(product);
    }
    await this.customers.introduce('ada', 'moka-lover');
    await this.cache.hsetnx(vouchersKey, 'WELCOME', 10);
  }
}
