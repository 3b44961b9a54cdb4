import { Get, Param, Req, Res } from '@nestjs/common';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { scriptsOf } from './own/scripts.js';

/** Shows the scripts of the application. */
@AdminApi('api/caches/:cache/scripts')
export class ScriptsController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly answers: Answers,
  ) {}

  @Get()
  async list(@Param('cache') cache: string, @Req() request: unknown, @Res() response: unknown): Promise<void> {
    await this.answers.json(response, scriptsOf(await this.caches.open('view', { cache, request })));
  }
}
