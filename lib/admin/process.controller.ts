import { Get, Param, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { processViewOf } from './own/process.js';

/** Shows the work of this process for a cache, also during an outage. */
@AdminApi('api/caches/:cache/process')
export class ProcessController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly answers: Answers,
  ) {}

  @Get()
  async view(@Param('cache') cache: string, @Req() request: unknown, @Res() response: unknown): Promise<void> {
    const { peek } = await this.caches.find('view', { cache, request });
    await this.answers.json(response, processViewOf(peek));
  }
}
