import { Body, Get, Param, Post, Query, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { KeysDto, PatternDto } from './dto/key.dto.js';
import { countKeys, searchKeys } from './key-search.js';
import { Valid } from './valid.pipe.js';

/** Many keys of a cache. */
@AdminApi('api/caches/:cache/keys')
export class KeysController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly answers: Answers,
  ) {}

  @Get()
  async search(
    @Param('cache') name: string,
    @Query(new Valid(KeysDto)) query: KeysDto,
    @Res() response: unknown,
  ): Promise<void> {
    const { cache } = await this.caches.open(name, query.version);
    await this.answers.json(response, searchKeys(cache, query));
  }

  @Get('count')
  async count(
    @Param('cache') name: string,
    @Query(new Valid(PatternDto)) { pattern, version }: PatternDto,
    @Res() response: unknown,
  ): Promise<void> {
    const { cache } = await this.caches.open(name, version);
    await this.answers.json(response, countKeys(cache, pattern));
  }

  @Post('delete')
  async delete(
    @Param('cache') name: string,
    @Body(new Valid(PatternDto)) { pattern, version }: PatternDto,
    @Res() response: unknown,
  ): Promise<void> {
    const { cache } = await this.caches.open(name, version);
    await this.answers.json(response, { deleted: await cache.deletePattern(pattern) });
  }
}
