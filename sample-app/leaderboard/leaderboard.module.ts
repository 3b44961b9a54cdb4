import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/products.module.js';
import { LeaderboardController } from './leaderboard.controller.js';
import { LeaderboardFeed } from './leaderboard.feed.js';
import { LeaderboardService } from './leaderboard.service.js';

@Module({
  imports: [ProductsModule],
  controllers: [LeaderboardController],
  providers: [LeaderboardService, LeaderboardFeed],
})
export class LeaderboardModule {}
