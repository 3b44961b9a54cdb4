import { Get, Param, Query, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { FeedDto } from './dto/commands.dto.js';
import { CommandFeeds } from './live/command-feeds.js';
import { slowLogsOf } from './live/slow-log.js';
import { Valid } from './valid.pipe.js';

/** Shows the commands that servers receive. */
@AdminApi('api/caches/:cache/commands')
export class CommandsController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly feeds: CommandFeeds,
    private readonly answers: Answers,
  ) {}

  /** Streams the commands of this process, during an outage too. */
  @Get()
  async feed(
    @Param('cache') cache: string,
    @Query(new Valid(FeedDto)) { command, prefix: key }: FeedDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const { cache: meant } = await this.caches.find('view', { cache, request });
    this.answers.lines(response, this.feeds.open(cache, meant.version, { command: command?.toUpperCase(), key }));
  }

  /** Lists the slow commands of all clients of the servers. */
  @Get('slow')
  async slow(@Param('cache') cache: string, @Req() request: unknown, @Res() response: unknown): Promise<void> {
    const servers = await slowLogsOf(await this.caches.open('view', { cache, request }));
    await this.answers.json(response, { servers });
  }
}
