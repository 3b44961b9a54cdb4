import { BadRequestException, Body, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import type { ResolvedAdminOptions } from './cachex-admin.options.js';
import { resolvedAdminOptionsToken } from './cachex-admin.tokens.js';
import { Changes } from './changes.js';
import { ConfirmDto, whereOf } from './dto/key.dto.js';
import { type CacheRights, Rights } from './rights.js';
import { type CacheSummary, cacheViewOf, summaryOf } from './server-view.js';
import { Valid } from './valid.pipe.js';

/** The data that the page loads first. */
export interface CachesAnswer {
  readonly readOnly: boolean;
  readonly caches: readonly VisibleCache[];
}

/** A cache with the rights of the user. */
export interface VisibleCache extends CacheSummary {
  readonly rights: CacheRights;
}

/** Lists caches, and clears or flushes them. */
@AdminApi('api/caches')
export class CachesController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly changes: Changes,
    private readonly rights: Rights,
    private readonly answers: Answers,
    @Inject(resolvedAdminOptionsToken) private readonly options: ResolvedAdminOptions,
  ) {}

  @Get()
  list(@Req() request: unknown, @Res() response: unknown): Promise<void> {
    return this.answers.json(response, this.summaries(request));
  }

  @Get(':cache')
  async view(@Param('cache') name: string, @Req() request: unknown, @Res() response: unknown): Promise<void> {
    await this.answers.json(response, cacheViewOf(await this.caches.open('view', { cache: name, request })));
  }

  /** Deletes the keys of one version, with or without a tenant. */
  @Post(':cache/clear')
  clear(
    @Param('cache') name: string,
    @Body(new Valid(ConfirmDto)) { confirm, ...where }: ConfirmDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make(
      { action: 'clear', cache: name, ...whereOf(where), request },
      response,
      async ({ cache }) => {
        expectConfirmed(name, confirm);
        return { deleted: await cache.clear() };
      },
    );
  }

  /** Deletes every key of the database, including keys of other programs. */
  @Post(':cache/flush')
  flush(
    @Param('cache') name: string,
    @Body(new Valid(ConfirmDto)) { confirm }: ConfirmDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make({ action: 'flush', cache: name, request }, response, async ({ cache }) => {
      expectConfirmed(name, confirm);
      return { flushed: await cache.flushDb() };
    });
  }

  /** Lists the caches that the user may see. */
  private async summaries(request: unknown): Promise<CachesAnswer> {
    const caches = await Promise.all(
      this.caches.all().map(async (cache): Promise<VisibleCache[]> => {
        const rights = await this.rights.of({ cache: cache.name, request });
        return rights.view ? [{ ...(await summaryOf(cache)), rights }] : [];
      }),
    );
    return { readOnly: this.options.readOnly, caches: caches.flat() };
  }
}

function expectConfirmed(name: string, confirm: string): void {
  if (confirm !== name) throw new BadRequestException('confirm must be the name of the cache');
}
