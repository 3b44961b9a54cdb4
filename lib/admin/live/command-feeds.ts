import { HttpException, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Version } from '../../index.js';
import { CommandFeed, type FeedFilter, type FeedLine } from './command-feed.js';

/** Each feed slows every command a little. */
const mostFeeds = 8;

/** Opens and closes feeds of commands. */
@Injectable()
export class CommandFeeds implements OnModuleDestroy {
  private readonly feeds = new Set<CommandFeed>();

  /** @throws HttpException if too many feeds are open */
  open(cache: string, version: Version, filter: FeedFilter): AsyncIterable<FeedLine> {
    if (this.feeds.size >= mostFeeds) {
      throw new HttpException(`${mostFeeds} pages already follow commands: close or pause one of them`, 429);
    }
    return this.followed(new CommandFeed(cache, version, filter));
  }

  /** Ends the open responses, which would delay the shutdown. */
  onModuleDestroy(): void {
    for (const feed of this.feeds) feed.end();
  }

  private async *followed(feed: CommandFeed): AsyncGenerator<FeedLine> {
    // Registers at the first read: a feed without a reader would never end.
    this.feeds.add(feed);
    try {
      yield* feed.lines();
    } finally {
      this.feeds.delete(feed);
    }
  }
}
