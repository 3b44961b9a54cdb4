import { Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { Idempotent } from 'nest-cachex';
import { CheckoutRateGuard } from './checkout-rate.guard.js';
import { type Order, OrdersService } from './orders.service.js';

@Controller()
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /** A client that missed the answer repeats the `Idempotency-Key`, and gets the order that was created. */
  @Post('carts/:id/checkout')
  @UseGuards(CheckoutRateGuard)
  @Idempotent({ timeout: '24h', by: (cartId: string) => cartId })
  checkout(@Param('id') cartId: string): Promise<Order> {
    return this.orders.checkout(cartId);
  }

  @Get('orders/:id')
  read(@Param('id') id: string): Promise<Order> {
    return this.orders.find(id);
  }
}
