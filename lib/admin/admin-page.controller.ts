import { Controller, Get, NotFoundException, Param, Res, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { AccessGuard } from './access.guard.js';
import { Answers } from './answers.js';
import { readPageFiles } from './page-files.js';

/** Serves the page and its scripts. */
@Controller({ version: VERSION_NEUTRAL })
@UseGuards(AccessGuard)
export class AdminPageController {
  private readonly files = readPageFiles();

  constructor(private readonly answers: Answers) {}

  @Get()
  page(@Res() response: unknown): void {
    this.answers.text(response, 'text/html', this.files.document, this.files.policy);
  }

  @Get('page/:module')
  module(@Param('module') name: string, @Res() response: unknown): void {
    const source = this.files.modules.get(name);
    if (source === undefined) throw new NotFoundException();
    this.answers.text(response, 'text/javascript', source);
  }
}
