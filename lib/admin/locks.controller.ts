import { Body, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { Changes } from './changes.js';
import { HolderDto, OwnDto } from './dto/own.dto.js';
import { claimsOf } from './own/claims.js';
import { forceRelease } from './own/force-release.js';
import { Valid } from './valid.pipe.js';

/** Shows the holders of locks and semaphores and their waiters, and releases them. */
@AdminApi('api/caches/:cache/locks')
export class LocksController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly changes: Changes,
    private readonly answers: Answers,
  ) {}

  @Get()
  async list(
    @Param('cache') cache: string,
    @Query(new Valid(OwnDto)) { pattern = '*', cursor }: OwnDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const open = await this.caches.open('view', { cache, request });
    await this.answers.json(response, claimsOf(open, pattern, cursor));
  }

  @Post('release')
  release(
    @Param('cache') cache: string,
    @Body(new Valid(HolderDto)) { token, ...claim }: HolderDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make({ action: 'release', cache, ...claim, request }, response, (open) =>
      forceRelease(open, claim, token),
    );
  }
}
