import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Subscribe } from 'nest-cachex';
import { type Observable, startWith, Subject, switchMap } from 'rxjs';
import { type BestSeller, LeaderboardService, rankingChanged } from './leaderboard.service.js';

/** The ranking as it changes, through sales in any process of the shop. */
@Injectable()
export class LeaderboardFeed implements OnModuleDestroy {
  private readonly changes = new Subject<void>();

  constructor(private readonly leaderboard: LeaderboardService) {}

  /** A message may be lost: each says only that there is something to read, and so does a gap. */
  @Subscribe(rankingChanged, { onGap: (feed: LeaderboardFeed) => feed.refresh() })
  refresh(): void {
    this.changes.next();
  }

  watch(limit: number): Observable<BestSeller[]> {
    return this.changes.pipe(
      startWith(undefined),
      switchMap(() => this.leaderboard.top(limit)),
    );
  }

  /** Watching browsers would keep the server from closing. */
  onModuleDestroy(): void {
    this.changes.complete();
  }
}
