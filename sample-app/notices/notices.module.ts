import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { cachexConfig, CachexModule, type CachexOptions } from 'nest-cachex';
import { shopDefaults } from '../shop-defaults.js';
import { branchCache, branches, enterBranch } from './branch.js';
import { NoticesController } from './notices.controller.js';

@Module({
  imports: [
    CachexModule.forRootAsync({
      ...cachexConfig.asProvider(),
      name: branchCache,
      useFactory: (options: CachexOptions) => ({ ...shopDefaults(options), scope: () => branches.getStore() }),
    }),
  ],
  controllers: [NoticesController],
})
export class NoticesModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(enterBranch).forRoutes(NoticesController);
  }
}
