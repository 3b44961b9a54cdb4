import { BadRequestException, Body, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import type { ResolvedAdminOptions } from './cachex-admin.options.js';
import { resolvedAdminOptionsToken } from './cachex-admin.tokens.js';
import { ConfirmDto } from './dto/key.dto.js';
import { type CacheSummary, cacheViewOf, summaryOf } from './server-view.js';
import { Valid } from './valid.pipe.js';

/** What the page starts from. */
export interface CachesAnswer {
  readonly readOnly: boolean;
  readonly caches: readonly CacheSummary[];
}

/** Caches as wholes. */
@AdminApi('api/caches')
export class CachesController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly answers: Answers,
    @Inject(resolvedAdminOptionsToken) private readonly options: ResolvedAdminOptions,
  ) {}

  @Get()
  list(@Res() response: unknown): Promise<void> {
    return this.answers.json(response, this.summaries());
  }

  @Get(':cache')
  async view(@Param('cache') name: string, @Res() response: unknown): Promise<void> {
    await this.answers.json(response, cacheViewOf(await this.caches.open(name)));
  }

  /** Deletes the keys of one version. */
  @Post(':cache/clear')
  async clear(
    @Param('cache') name: string,
    @Body(new Valid(ConfirmDto)) { version, confirm }: ConfirmDto,
    @Res() response: unknown,
  ): Promise<void> {
    const { cache } = await this.caches.open(name, version);
    expectConfirmed(name, confirm);
    await this.answers.json(response, { deleted: await cache.clear() });
  }

  /** Deletes every key of the database, whoever wrote it. */
  @Post(':cache/flush')
  async flush(
    @Param('cache') name: string,
    @Body(new Valid(ConfirmDto)) { confirm }: ConfirmDto,
    @Res() response: unknown,
  ): Promise<void> {
    const { cache } = await this.caches.open(name);
    expectConfirmed(name, confirm);
    await this.answers.json(response, { flushed: await cache.flushDb() });
  }

  private async summaries(): Promise<CachesAnswer> {
    const caches = await Promise.all(this.caches.all().map(summaryOf));
    return { readOnly: this.options.readOnly, caches };
  }
}

function expectConfirmed(name: string, confirm: string): void {
  if (confirm !== name) throw new BadRequestException('confirm must be the name of the cache');
}
