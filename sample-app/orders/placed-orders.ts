import type { Quantities } from '../stock/quantities.js';

/** The stream of placed orders. */
export const placedOrders = 'placed-orders';

export interface PlacedOrder {
  orderId: string;
  quantities: Quantities;
}
