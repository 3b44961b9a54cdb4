import { BadRequestException, Body, ForbiddenException, Param, Post, Req, Res } from '@nestjs/common';
import { quoted } from '../errors/quoted.js';
import type { CachexAdminContext } from './actions.js';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { matching } from './bulk-deletion.js';
import { Changes } from './changes.js';
import { whereOf } from './dto/key.dto.js';
import { ExportDto, ImportDto, LinesDto } from './dto/transfer.dto.js';
import { Rights } from './rights.js';
import { exportKeys } from './transfer/export-keys.js';
import { checkImport, importKeys, readLines } from './transfer/import-keys.js';
import { Valid } from './valid.pipe.js';

/** Keys as lines of JSON: out of a cache, and into one. */
@AdminApi('api/caches/:cache')
export class TransferController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly changes: Changes,
    private readonly rights: Rights,
    private readonly answers: Answers,
  ) {}

  /** Line by line; ending the request ends the export. It changes nothing, and yet is told of: it takes values along. */
  @Post('export')
  export(
    @Param('cache') cache: string,
    @Body(new Valid(ExportDto)) { version, scope, form, keys, pattern = '*', type }: ExportDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const which = keys ? { keys } : { pattern, ...(type && { type }) };
    const about = { cache, ...whereOf({ version, scope }), request };
    return this.changes.makeLong({ action: 'export', ...about, ...which }, response, async (open) => {
      const names = keys ? once(keys) : matching(open.cache, { pattern, type });
      return exportKeys(open, names, form, (key) => this.rights.allow('read', { ...about, key }));
    });
  }

  /** What an import of these lines would do, and which of them are not understood. */
  @Post('import/check')
  async check(
    @Param('cache') cache: string,
    @Body(new Valid(LinesDto)) { lines, first, ...where }: LinesDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const open = await this.caches.open('import', { cache, ...whereOf(where), request });
    await this.answers.json(response, checkImport(open, lines, first));
  }

  @Post('import')
  import(
    @Param('cache') cache: string,
    @Body(new Valid(ImportDto)) { lines, first, overwrite = false, ...where }: ImportDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const { records, problems } = readLines(lines, first);
    if (problems.length > 0)
      throw new BadRequestException(problems.map(({ line, message }) => `Line ${line}: ${message}`));
    const about = { cache, ...whereOf(where), request };
    const keys = records.map(({ key }) => key);
    return this.changes.make({ action: 'import', ...about, keys }, response, async (open, soFar) => {
      await this.expectMakable(keys, about, overwrite);
      return importKeys(open, records, overwrite, soFar);
    });
  }

  /** Before any is made. */
  private async expectMakable(keys: readonly string[], about: CachexAdminContext, overwrite: boolean): Promise<void> {
    for (const key of keys) {
      for (const action of overwrite ? (['create', 'edit'] as const) : (['create'] as const)) {
        if (await this.rights.allow(action, { ...about, key })) continue;
        throw new ForbiddenException(
          `You may not ${action} the key ${quoted(key)} in the cache ${quoted(about.cache)}`,
        );
      }
    }
  }
}

// oxlint-disable-next-line typescript/require-await -- as those that are searched for
async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
