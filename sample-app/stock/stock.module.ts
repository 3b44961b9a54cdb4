import { Module } from '@nestjs/common';
import { NightlyReorder } from './nightly-reorder.js';
import { StockController } from './stock.controller.js';
import { StockService } from './stock.service.js';

@Module({ controllers: [StockController], providers: [StockService, NightlyReorder], exports: [StockService] })
export class StockModule {}
