import { Controller, Get, Param, Post } from '@nestjs/common';
import { type Order, OrdersService } from './orders.service.js';

@Controller()
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post('carts/:id/checkout')
  checkout(@Param('id') cartId: string): Promise<Order> {
    return this.orders.checkout(cartId);
  }

  @Get('orders/:id')
  read(@Param('id') id: string): Promise<Order> {
    return this.orders.find(id);
  }
}
