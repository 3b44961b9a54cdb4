import { Body, Controller, Get, Post } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { CachexService, InjectCachex } from 'nest-cachex';
import { branchCache } from './branch.js';

class NoticeDto {
  @IsString()
  @Length(1, 200)
  text!: string;
}

/** A list, the latest first. The key names no branch: the scope of the cache keeps branches apart. */
const key = 'notices';
const length = 20;

@Controller('notices')
export class NoticesController {
  constructor(@InjectCachex(branchCache) private readonly cache: CachexService) {}

  @Get()
  read(): Promise<string[]> {
    return this.cache.lrange<string>(key, 0, -1);
  }

  @Post()
  async add(@Body() { text }: NoticeDto): Promise<string[]> {
    await this.cache
      .pipeline({ transaction: true })
      .lpush(key, text)
      .ltrim(key, 0, length - 1)
      .execute();
    return this.read();
  }
}
