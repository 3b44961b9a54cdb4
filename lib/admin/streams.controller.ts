import { Body, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { Changes } from './changes.js';
import { KeyDto } from './dto/key.dto.js';
import { OwnDto } from './dto/own.dto.js';
import { ClaimDto, PendingDto, ReplayDto } from './dto/streams.dto.js';
import { claimEntries, replayLetters } from './own/move-entries.js';
import { pendingOf, streamsOf, streamViewOf } from './own/streams.js';
import { Valid } from './valid.pipe.js';

/** Shows the groups, pending entries and dead letters of streams. */
@AdminApi('api/caches/:cache/streams')
export class StreamsController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly changes: Changes,
    private readonly answers: Answers,
  ) {}

  @Get()
  async list(
    @Param('cache') cache: string,
    @Query(new Valid(OwnDto)) { version, cursor }: OwnDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const open = await this.caches.open('view', { cache, version, request });
    await this.answers.json(response, streamsOf(open, cursor));
  }

  @Get('groups')
  async groups(
    @Param('cache') cache: string,
    @Query(new Valid(KeyDto)) { version, key }: KeyDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const open = await this.caches.open('view', { cache, version, key, request });
    await this.answers.json(response, streamViewOf(open, key));
  }

  @Get('pending')
  async pending(
    @Param('cache') cache: string,
    @Query(new Valid(PendingDto)) { version, key, group, cursor }: PendingDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const open = await this.caches.open('view', { cache, version, key, group, request });
    await this.answers.json(response, pendingOf(open, key, group, cursor));
  }

  @Post('claim')
  claim(
    @Param('cache') cache: string,
    @Body(new Valid(ClaimDto)) body: ClaimDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const { version, key, group, entries } = body;
    const ids = entries.map(({ id }) => id);
    return this.changes.make({ action: 'claim', cache, version, key, group, ids, request }, response, (open) =>
      claimEntries(open, body),
    );
  }

  @Post('replay')
  replay(
    @Param('cache') cache: string,
    @Body(new Valid(ReplayDto)) body: ReplayDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const { version, key, ids } = body;
    return this.changes.make({ action: 'replay', cache, version, key, ids, request }, response, (open) =>
      replayLetters(open, body),
    );
  }
}
