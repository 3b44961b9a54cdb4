import { BadRequestException, Body, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { nameOf } from '../arguments/names.js';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { type Change, Changes } from './changes.js';
import { ItemDto } from './dto/item.dto.js';
import { EntryDto, ExpiryDto, KeyDto, NewKeyDto, ValueDto, whereOf } from './dto/key.dto.js';
import { Entries, notThere } from './entries/entries.js';
import { Rights } from './rights.js';
import { Valid } from './valid.pipe.js';

/** Reads and changes one key. The name is in the query or the body, because a path cannot express every name. */
@AdminApi('api/caches/:cache/entry')
export class EntryController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly changes: Changes,
    private readonly entries: Entries,
    private readonly rights: Rights,
    private readonly answers: Answers,
  ) {}

  @Get()
  async view(
    @Param('cache') cache: string,
    @Query(new Valid(EntryDto)) query: EntryDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const key = keyIn(query);
    const context = { cache, ...whereOf(query), key, request };
    const open = await this.caches.open('view', context);
    const mayRead = await this.rights.allow('read', context);
    await this.answers.json(response, this.entries.view(open, key, query, mayRead));
  }

  @Post('create')
  create(
    @Param('cache') cache: string,
    @Body(new Valid(NewKeyDto)) body: NewKeyDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make(about('create', cache, body, request), response, (open) =>
      this.entries.create(open, body),
    );
  }

  @Post('value')
  replace(
    @Param('cache') cache: string,
    @Body(new Valid(ValueDto)) body: ValueDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make(about('edit', cache, body, request), response, (open) => this.entries.replace(open, body));
  }

  @Post('expiry')
  expire(
    @Param('cache') cache: string,
    @Body(new Valid(ExpiryDto)) body: ExpiryDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make(about('expire', cache, body, request), response, async ({ cache: opened }) => {
      if (!(await opened.touch(body.key, body.timeout))) throw notThere(body.key);
    });
  }

  @Post('delete')
  delete(
    @Param('cache') cache: string,
    @Body(new Valid(KeyDto)) body: KeyDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make(about('delete', cache, body, request), response, async ({ cache: opened }) => {
      if (!(await opened.delete(body.key))) throw notThere(body.key);
    });
  }

  @Post('items/put')
  put(
    @Param('cache') cache: string,
    @Body(new Valid(ItemDto)) body: ItemDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make(about('edit', cache, body, request), response, (open) => this.entries.put(open, body));
  }

  @Post('items/remove')
  remove(
    @Param('cache') cache: string,
    @Body(new Valid(ItemDto)) body: ItemDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    return this.changes.make(about('edit', cache, body, request), response, (open) => this.entries.remove(open, body));
  }
}

/** Picks the reported part of a body: the key, never the value. */
const about = (action: Change['action'], cache: string, { key, ...where }: KeyDto, request: unknown): Change => ({
  action,
  cache,
  key,
  ...whereOf(where),
  request,
});

function keyIn({ key, hex }: EntryDto): string {
  if (hex !== undefined) return nameOf(Buffer.from(hex, 'hex'));
  if (key === undefined) throw new BadRequestException(['key must be a string']);
  return key;
}
