import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ProductsService } from '../products/products.service.js';
import { type Cart, CartsService } from './carts.service.js';
import { AddToCartDto } from './dto/add-to-cart.dto.js';

@Controller('carts/:id')
export class CartsController {
  constructor(
    private readonly carts: CartsService,
    private readonly products: ProductsService,
  ) {}

  @Get()
  read(@Param('id') id: string): Promise<Cart> {
    return this.carts.read(id);
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
