import { Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { CheckoutRateGuard } from './checkout-rate.guard.js';
import { type Order, OrdersService } from './orders.service.js';

@Controller()
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post('carts/:id/checkout')
  @UseGuards(CheckoutRateGuard)
  checkout(@Param('id') cartId: string): Promise<Order> {
    return this.orders.checkout(cartId);
  }

  @Get('orders/:id')
  read(@Param('id') id: string): Promise<Order> {
    return this.orders.find(id);
  }
}
