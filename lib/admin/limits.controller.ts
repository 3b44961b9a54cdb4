import { Body, Get, NotFoundException, Param, Post, Query, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { Changes } from './changes.js';
import { CallerDto, OwnDto } from './dto/own.dto.js';
import { callersOf, keyOfCaller } from './own/limits.js';
import { Valid } from './valid.pipe.js';

/** Shows and resets the callers of rate limiters. */
@AdminApi('api/caches/:cache/limits')
export class LimitsController {
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
    await this.answers.json(response, callersOf(open, pattern, cursor));
  }

  @Post('reset')
  reset(
    @Param('cache') cache: string,
    @Body(new Valid(CallerDto)) caller: CallerDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const { version, name, id } = caller;
    const change = { action: 'reset', cache, kind: 'rate limiter', version, name, id, request } as const;
    return this.changes.make(change, response, async ({ peek, pool }) => {
      const wire = keyOfCaller(peek, caller);
      const args = { args: [wire], slot: pool.slotOf?.(wire) };
      if (Number(await pool.send({ name: 'UNLINK', access: 'write', ...args })) === 0) {
        throw new NotFoundException('The limiter no longer counts anything for this caller');
      }
    });
  }
}
