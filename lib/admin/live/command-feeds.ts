import { HttpException, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Version } from '../../index.js';
import { CommandFeed, type FeedFilter, type FeedLine } from './command-feed.js';

/** Each of them costs every command a little. */
const mostFeeds = 8;

/** Who looks at commands as they are sent. */
@Injectable()
export class CommandFeeds implements OnModuleDestroy {
  private readonly feeds = new Set<CommandFeed>();

  /** @throws HttpException where too many look already */
  open(cache: string, version: Version, filter: FeedFilter): AsyncIterable<FeedLine> {
    if (this.feeds.size >= mostFeeds) {
      throw new HttpException(`${mostFeeds} pages look at commands already: close or pause one of them`, 429);
    }
    return this.followed(new CommandFeed(cache, version, filter));
  }

  /** An application that ends waits for answers that do not. */
  onModuleDestroy(): void {
    for (const feed of this.feeds) feed.end();
  }

  private async *followed(feed: CommandFeed): AsyncGenerator<FeedLine> {
    // Not before: of what nobody reads, nothing would tell that it is over.
    this.feeds.add(feed);
    try {
      yield* feed.lines();
    } finally {
      this.feeds.delete(feed);
    }
  }
}
