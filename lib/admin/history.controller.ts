import { Get, Param, Query, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { HistoryDto } from './dto/history.dto.js';
import { Recorder } from './recorder.js';
import { Valid } from './valid.pipe.js';

/** Shows the last 24 hours of a cache. */
@AdminApi('api/caches/:cache/history')
export class HistoryController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly recorder: Recorder,
    private readonly answers: Answers,
  ) {}

  /** Works during an outage for the history of this process. */
  @Get()
  async view(
    @Param('cache') cache: string,
    @Query(new Valid(HistoryDto)) { of = 'process', range = '1h', prefix }: HistoryDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const context = { cache, request };
    await (of === 'fleet' ? this.caches.open('view', context) : this.caches.find('view', context));
    await this.answers.json(response, this.recorder.view(cache, of, range, prefix));
  }
}
