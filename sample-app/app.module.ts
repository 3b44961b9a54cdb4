import { Module, ValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { cachexConfig, CachexModule } from 'nest-cachex';
import { AccountModule } from './account/account.module.js';
import { AdminModule } from './admin/admin.module.js';
import { CartsModule } from './carts/carts.module.js';
import { DemoData } from './demo-data.js';
import { HealthModule } from './health/health.module.js';
import { LeaderboardModule } from './leaderboard/leaderboard.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { NoticesModule } from './notices/notices.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { ProductsModule } from './products/products.module.js';
import { RedisAwayFilter } from './redis-away.filter.js';
import { shopDefaults } from './shop-defaults.js';
import { StockModule } from './stock/stock.module.js';
import { VouchersController } from './vouchers/vouchers.controller.js';

@Module({
  imports: [
    CachexModule.forRootAsync({ ...cachexConfig.asProvider(), useFactory: shopDefaults }),
    ScheduleModule.forRoot(),
    ProductsModule,
    StockModule,
    CartsModule,
    AccountModule,
    OrdersModule,
    LeaderboardModule,
    NoticesModule,
    HealthModule,
    MetricsModule,
    AdminModule,
  ],
  controllers: [VouchersController],
  providers: [
    DemoData,
    {
      provide: APP_PIPE,
      useValue: new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }),
    },
    { provide: APP_FILTER, useClass: RedisAwayFilter },
  ],
})
export class AppModule {}
