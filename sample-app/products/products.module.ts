import { Module } from '@nestjs/common';
import { StockModule } from '../stock/stock.module.js';
import { Carrier } from './carrier.js';
import { DeliveryService } from './delivery.service.js';
import { ProductsController } from './products.controller.js';
import { ProductsService } from './products.service.js';
import { RecentlyViewedService } from './recently-viewed.service.js';

@Module({
  imports: [StockModule],
  controllers: [ProductsController],
  providers: [ProductsService, DeliveryService, Carrier, RecentlyViewedService],
  exports: [ProductsService, DeliveryService],
})
export class ProductsModule {}
