import { BadRequestException, Body, Get, Param, Post, Query, Res } from '@nestjs/common';
import { nameOf } from '../arguments/names.js';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { ItemDto } from './dto/item.dto.js';
import { EntryDto, ExpiryDto, KeyDto, NewKeyDto, ValueDto } from './dto/key.dto.js';
import { Entries, notThere } from './entries/entries.js';
import { Valid } from './valid.pipe.js';

const done = { done: true };

/** One key of a cache. Its name is in the query or the body: paths have no place for every name. */
@AdminApi('api/caches/:cache/entry')
export class EntryController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly entries: Entries,
    private readonly answers: Answers,
  ) {}

  @Get()
  async view(
    @Param('cache') name: string,
    @Query(new Valid(EntryDto)) query: EntryDto,
    @Res() response: unknown,
  ): Promise<void> {
    const open = await this.caches.open(name, query.version);
    await this.answers.json(response, this.entries.view(open, keyIn(query), query));
  }

  @Post('create')
  async create(
    @Param('cache') name: string,
    @Body(new Valid(NewKeyDto)) body: NewKeyDto,
    @Res() response: unknown,
  ): Promise<void> {
    await this.entries.create(await this.caches.open(name, body.version), body);
    await this.answers.json(response, done);
  }

  @Post('value')
  async replace(
    @Param('cache') name: string,
    @Body(new Valid(ValueDto)) body: ValueDto,
    @Res() response: unknown,
  ): Promise<void> {
    await this.entries.replace(await this.caches.open(name, body.version), body);
    await this.answers.json(response, done);
  }

  @Post('expiry')
  async expire(
    @Param('cache') name: string,
    @Body(new Valid(ExpiryDto)) { key, version, timeout }: ExpiryDto,
    @Res() response: unknown,
  ): Promise<void> {
    const { cache } = await this.caches.open(name, version);
    if (!(await cache.touch(key, timeout))) throw notThere(key);
    await this.answers.json(response, done);
  }

  @Post('delete')
  async delete(
    @Param('cache') name: string,
    @Body(new Valid(KeyDto)) { key, version }: KeyDto,
    @Res() response: unknown,
  ): Promise<void> {
    const { cache } = await this.caches.open(name, version);
    if (!(await cache.delete(key))) throw notThere(key);
    await this.answers.json(response, done);
  }

  @Post('items/put')
  async put(
    @Param('cache') name: string,
    @Body(new Valid(ItemDto)) item: ItemDto,
    @Res() response: unknown,
  ): Promise<void> {
    await this.entries.put(await this.caches.open(name, item.version), item);
    await this.answers.json(response, done);
  }

  @Post('items/remove')
  async remove(
    @Param('cache') name: string,
    @Body(new Valid(ItemDto)) item: ItemDto,
    @Res() response: unknown,
  ): Promise<void> {
    await this.entries.remove(await this.caches.open(name, item.version), item);
    await this.answers.json(response, done);
  }
}

function keyIn({ key, hex }: EntryDto): string {
  if (hex !== undefined) return nameOf(Buffer.from(hex, 'hex'));
  if (key === undefined) throw new BadRequestException(['key must be a string']);
  return key;
}
