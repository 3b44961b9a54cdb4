import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { minutes, ThrottlerModule } from '@nestjs/throttler';
import { CachexService } from 'nest-cachex';
import { CachexThrottlerStorage } from 'nest-cachex/throttler';
import { CartsModule } from '../carts/carts.module.js';
import { ProductsModule } from '../products/products.module.js';
import { AccountController } from './account.controller.js';
import { CustomersService } from './customers.service.js';
import { MyCartController } from './my-cart.controller.js';
import { sessionsIn } from './sessions.js';

@Module({
  imports: [
    CartsModule,
    ProductsModule,
    ThrottlerModule.forRootAsync({
      inject: [CachexService],
      useFactory: (cache: CachexService) => ({
        throttlers: [
          { name: 'address', ttl: minutes(1), limit: 20 },
          { name: 'customer', ttl: minutes(1), limit: 5, getTracker: customerOf },
        ],
        errorMessage: 'Too many tries, wait a minute',
        storage: new CachexThrottlerStorage(cache),
      }),
    }),
  ],
  controllers: [AccountController, MyCartController],
  providers: [CustomersService],
  exports: [CustomersService],
})
export class AccountModule implements NestModule {
  constructor(private readonly cache: CachexService) {}

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(sessionsIn(this.cache)).forRoutes(AccountController, MyCartController);
  }
}

/** The customer whose password is tried, from any address. Guards see the body before pipes have validated it. */
const customerOf = ({ body }: { body?: { name?: unknown } }): string => JSON.stringify(body?.name ?? null);
