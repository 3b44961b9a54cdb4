import { Body, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { Changes } from './changes.js';
import { OwnDto, TagDto } from './dto/own.dto.js';
import { countTags, taggedEntries, tagsOf } from './own/tags.js';
import { Valid } from './valid.pipe.js';

/** Shows the tags of a cache and the entries that carry them. */
@AdminApi('api/caches/:cache/tags')
export class TagsController {
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
    await this.answers.json(response, tagsOf(open, pattern, cursor));
  }

  @Get('entries')
  async entries(
    @Param('cache') cache: string,
    @Query(new Valid(TagDto)) { version, tag, cursor }: TagDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const open = await this.caches.open('view', { cache, version, tag, request });
    await this.answers.json(response, taggedEntries(open, tag, cursor));
  }

  @Get('counts')
  async counts(
    @Param('cache') cache: string,
    @Query(new Valid(OwnDto)) { version, cursor }: OwnDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const open = await this.caches.open('view', { cache, version, request });
    await this.answers.json(response, countTags(open, cursor));
  }

  @Post('invalidate')
  invalidate(
    @Param('cache') cache: string,
    @Body(new Valid(TagDto)) { tag }: TagDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make({ action: 'invalidate', cache, tag, request }, response, async (open) => ({
      wasInUse: (await open.cache.invalidateTags([tag])) > 0,
    }));
  }
}
