import { Get, Param, Query, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { VersionDto } from './dto/key.dto.js';
import { memoryOf } from './memory/memory-sample.js';
import { Valid } from './valid.pipe.js';

/** Shows the memory that the keys of a cache use. */
@AdminApi('api/caches/:cache/memory')
export class MemoryController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly answers: Answers,
  ) {}

  @Get()
  async view(
    @Param('cache') name: string,
    @Query(new Valid(VersionDto)) { version }: VersionDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const open = await this.caches.open('view', { cache: name, version, request });
    await this.answers.json(response, memoryOf(open));
  }
}
