import { Controller, Get, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { type BestSeller, LeaderboardService } from './leaderboard.service.js';

class LeaderboardQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 10;
}

@Controller('leaderboard')
export class LeaderboardController {
  constructor(private readonly leaderboard: LeaderboardService) {}

  @Get()
  read(@Query() { limit }: LeaderboardQuery): Promise<BestSeller[]> {
    return this.leaderboard.top(limit);
  }
}
