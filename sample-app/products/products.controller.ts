import { Body, ConflictException, Controller, Get, Param, Post, Put } from '@nestjs/common';
import { Cacheable } from 'nest-cachex';
import { StockService } from '../stock/stock.service.js';
import type { DeliveryQuote } from './carrier.js';
import { DeliveryService } from './delivery.service.js';
import { CreateProductDto } from './dto/create-product.dto.js';
import { ProductDetailsDto } from './dto/product-details.dto.js';
import { RepriceDto } from './dto/reprice.dto.js';
import type { Product } from './product.js';
import { catalogueTag, ProductsService } from './products.service.js';
import { RecentlyViewedService } from './recently-viewed.service.js';

interface ProductPage extends Product {
  views: number;
  units: number;
  delivery: DeliveryQuote;
}

@Controller()
export class ProductsController {
  constructor(
    private readonly products: ProductsService,
    private readonly stock: StockService,
    private readonly delivery: DeliveryService,
    private readonly recentlyViewed: RecentlyViewedService,
  ) {}

  /** Caches the whole answer until a product is added or replaced; 304 if the client has it. `X-Cache` shows which. */
  @Get('products')
  @Cacheable({
    key: 'catalogue',
    timeout: '1h',
    tags: [catalogueTag],
    http: { visibility: 'public', maxAge: 0 },
  })
  list(): Promise<Product[]> {
    return this.products.list();
  }

  @Get('products/:id')
  async read(@Param('id') id: string): Promise<ProductPage> {
    const product = await this.products.find(id);
    const [views, units, delivery] = await Promise.all([
      this.products.countView(id),
      this.stock.units(id),
      this.delivery.quote(id),
      this.recentlyViewed.add(id),
    ]);
    return { ...product, views, units, delivery };
  }

  @Post('products')
  async create(@Body() { units, ...product }: CreateProductDto): Promise<Product> {
    await this.stock.introduce(product.id, units);
    if (!(await this.products.add(product))) throw new ConflictException(`There is a product ${product.id} already`);
    return product;
  }

  @Put('products/:id')
  replace(@Param('id') id: string, @Body() { name, price }: ProductDetailsDto): Promise<Product> {
    return this.products.replace({ id, name, price });
  }

  @Put('products/:id/price')
  reprice(@Param('id') id: string, @Body() { from, to }: RepriceDto): Promise<Product> {
    return this.products.reprice(id, from, to);
  }

  @Post('products/:id/delivery')
  async requote(@Param('id') id: string): Promise<DeliveryQuote> {
    await this.products.find(id);
    return this.delivery.requote(id);
  }

  @Get('recently-viewed')
  recent(): Promise<Product[]> {
    return this.recentlyViewed.list();
  }
}
