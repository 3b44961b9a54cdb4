import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Post, Req } from '@nestjs/common';
import { type Cart, CartsService } from '../carts/carts.service.js';
import { AddToCartDto } from '../carts/dto/add-to-cart.dto.js';
import { ProductsService } from '../products/products.service.js';
import type { Visit } from './visit.js';

/** The caller's cart, whose id is in the session. It is a cart like others: its checkout is at `carts/:id/checkout`. */
@Controller('cart')
export class MyCartController {
  constructor(
    private readonly carts: CartsService,
    private readonly products: ProductsService,
  ) {}

  /** A visitor without items has no cart, and no session. */
  @Get()
  read(@Req() { session }: Visit): Promise<Cart> | Omit<Cart, 'id'> {
    return session.cartId === undefined ? { items: [], total: 0, expiresIn: 0 } : this.carts.read(session.cartId);
  }

  @Post('items')
  async add(@Req() { session }: Visit, @Body() { productId, quantity }: AddToCartDto): Promise<Cart> {
    const product = await this.products.find(productId);
    const cartId = (session.cartId ??= randomUUID());
    await this.carts.add(cartId, new Map([[product.id, quantity]]));
    return this.carts.read(cartId);
  }
}
