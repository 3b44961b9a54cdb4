import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { QuantityDto } from './dto/quantity.dto.js';
import { StockService } from './stock.service.js';

interface Stock {
  productId: string;
  units: number;
}

@Controller('stock/:productId')
export class StockController {
  constructor(private readonly stock: StockService) {}

  @Get()
  async read(@Param('productId') productId: string): Promise<Stock> {
    return { productId, units: await this.stock.units(productId) };
  }

  @Post('reserve')
  @HttpCode(200)
  async reserve(@Param('productId') productId: string, @Body() { quantity }: QuantityDto): Promise<Stock> {
    await this.read(productId);
    await this.stock.reserve(new Map([[productId, quantity]]));
    return this.read(productId);
  }

  @Post('restock')
  @HttpCode(200)
  async restock(@Param('productId') productId: string, @Body() { quantity }: QuantityDto): Promise<Stock> {
    await this.read(productId);
    await this.stock.restock(productId, quantity);
    return this.read(productId);
  }
}
