import { Get, Param, Query, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { OwnDto } from './dto/own.dto.js';
import { sessionsOf } from './own/sessions.js';
import { Rights } from './rights.js';
import { Valid } from './valid.pipe.js';

/** Shows sessions by their hashes: only users who may read values see the IDs. */
@AdminApi('api/caches/:cache/sessions')
export class SessionsController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly rights: Rights,
    private readonly answers: Answers,
  ) {}

  @Get()
  async list(
    @Param('cache') cache: string,
    @Query(new Valid(OwnDto)) { version = 'session', cursor }: OwnDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const context = { cache, version, request };
    const open = await this.caches.open('view', context);
    await this.answers.json(response, sessionsOf(open, cursor, await this.rights.allow('read', context)));
  }
}
