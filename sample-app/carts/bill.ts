import type { Product } from '../products/product.js';
import type { Quantities } from '../stock/quantities.js';

export interface Bill {
  items: (Product & { quantity: number })[];
  /** Cents. */
  total: number;
}

export function billOf(quantities: Quantities, products: Iterable<Product>): Bill {
  const items = Array.from(products, (product) => ({ ...product, quantity: quantities.get(product.id) ?? 0 }));
  return { items, total: items.reduce((sum, { price, quantity }) => sum + price * quantity, 0) };
}
