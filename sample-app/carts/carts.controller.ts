import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import type { DeliveryQuote } from '../products/carrier.js';
import { DeliveryService } from '../products/delivery.service.js';
import { ProductsService } from '../products/products.service.js';
import { type Cart, CartsService } from './carts.service.js';
import { AddToCartDto } from './dto/add-to-cart.dto.js';

interface ItemDelivery extends DeliveryQuote {
  productId: string;
}

@Controller('carts/:id')
export class CartsController {
  constructor(
    private readonly carts: CartsService,
    private readonly products: ProductsService,
    private readonly delivery: DeliveryService,
  ) {}

  @Get()
  read(@Param('id') id: string): Promise<Cart> {
    return this.carts.read(id);
  }

  @Get('delivery')
  async quote(@Param('id') id: string): Promise<ItemDelivery[]> {
    const { items } = await this.carts.read(id);
    const quotes = await this.delivery.quoteMany(items.map((item) => item.id));
    return Array.from(quotes, ([productId, quote]) => ({ productId, ...quote }));
  }

  @Post('items')
  async add(@Param('id') id: string, @Body() { productId, quantity }: AddToCartDto): Promise<Cart> {
    const product = await this.products.find(productId);
    await this.carts.add(id, new Map([[product.id, quantity]]));
    return this.carts.read(id);
  }

  @Delete('items/:productId')
  async remove(@Param('id') id: string, @Param('productId') productId: string): Promise<Cart> {
    await this.carts.remove(id, productId);
    return this.carts.read(id);
  }
}
