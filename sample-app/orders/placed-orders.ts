import type { Quantities } from '../stock/quantities.js';

/** The stream of orders, for whoever wants to know of them. */
export const placedOrders = 'placed-orders';

export interface PlacedOrder {
  orderId: string;
  quantities: Quantities;
}
