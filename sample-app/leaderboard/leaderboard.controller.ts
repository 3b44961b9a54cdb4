import { Controller, Get, type MessageEvent, Query, Sse } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { map, type Observable } from 'rxjs';
import { LeaderboardFeed } from './leaderboard.feed.js';
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
  constructor(
    private readonly leaderboard: LeaderboardService,
    private readonly feed: LeaderboardFeed,
  ) {}

  @Get()
  read(@Query() { limit }: LeaderboardQuery): Promise<BestSeller[]> {
    return this.leaderboard.top(limit);
  }

  /** Server-Sent Events: the ranking at once, and again whenever something is sold. */
  @Sse('live')
  live(@Query() { limit }: LeaderboardQuery): Observable<MessageEvent> {
    return this.feed.watch(limit).pipe(map((data) => ({ data })));
  }
}
