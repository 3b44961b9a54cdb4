import { Body, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { deletionOf, sampleOf } from './bulk-deletion.js';
import { Changes } from './changes.js';
import { ChosenDto, DeletionDto, KeysDto, KeyTreeDto, MatchDto, whereOf } from './dto/key.dto.js';
import { searchKeys } from './key-search.js';
import { treeOf } from './key-tree.js';
import { Valid } from './valid.pipe.js';

/** Searches and deletes the keys of a cache. */
@AdminApi('api/caches/:cache/keys')
export class KeysController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly changes: Changes,
    private readonly answers: Answers,
  ) {}

  @Get()
  async search(
    @Param('cache') name: string,
    @Query(new Valid(KeysDto)) query: KeysDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const { pattern, type } = query;
    const open = await this.caches.open('view', { cache: name, ...whereOf(query), pattern, type, request });
    await this.answers.json(response, searchKeys(open, query));
  }

  /** Returns one level of the key tree. */
  @Get('tree')
  async tree(
    @Param('cache') name: string,
    @Query(new Valid(KeyTreeDto)) query: KeyTreeDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const { pattern, type } = query;
    const { cache } = await this.caches.open('view', { cache: name, ...whereOf(query), pattern, type, request });
    await this.answers.json(response, treeOf(cache, query));
  }

  /** Previews a deletion. */
  @Get('sample')
  async sample(
    @Param('cache') name: string,
    @Query(new Valid(MatchDto)) { version, scope, ...match }: MatchDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const { cache } = await this.caches.open('view', {
      cache: name,
      ...whereOf({ version, scope }),
      ...match,
      request,
    });
    await this.answers.json(response, sampleOf(cache, match));
  }

  /** Streams its progress; the deletion stops when the client closes the connection. */
  @Post('delete')
  delete(
    @Param('cache') name: string,
    @Body(new Valid(DeletionDto)) { version, scope, confirm, ...match }: DeletionDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.makeLong(
      { action: 'deleteMany', cache: name, ...whereOf({ version, scope }), ...match, request },
      response,
      ({ cache }) => deletionOf(cache, match, confirm),
    );
  }

  @Post('delete-chosen')
  deleteChosen(
    @Param('cache') name: string,
    @Body(new Valid(ChosenDto)) { keys, ...where }: ChosenDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make(
      { action: 'deleteMany', cache: name, ...whereOf(where), keys, request },
      response,
      async ({ cache }) => ({ deleted: await cache.deleteMany(keys) }),
    );
  }
}
