import { Body, ForbiddenException, Param, Post, Req, Res } from '@nestjs/common';
import { quoted } from '../errors/quoted.js';
import type { CachexAdminContext } from './actions.js';
import { AdminApi } from './admin-api.decorator.js';
import { AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { matching } from './bulk-deletion.js';
import { Changes } from './changes.js';
import { whereOf } from './dto/key.dto.js';
import { ExportDto, ImportDto } from './dto/transfer.dto.js';
import { Rights } from './rights.js';
import { exportKeys } from './transfer/export-keys.js';
import {
  checkImport,
  type GivenLines,
  type ImportedLine,
  importKeys,
  type LineProblem,
  readLines,
} from './transfer/import-keys.js';
import { Valid } from './valid.pipe.js';

/** Exports keys as lines of JSON, and imports such lines. */
@AdminApi('api/caches/:cache')
export class TransferController {
  constructor(
    private readonly caches: AdminCaches,
    private readonly changes: Changes,
    private readonly rights: Rights,
    private readonly answers: Answers,
  ) {}

  /**
   * Streams the lines; the export stops when the client closes the connection. It changes nothing but is reported,
   * because values leave the cache.
   */
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

  /** Previews an import: its changes, and the lines that it refuses. */
  @Post('import/check')
  async check(
    @Param('cache') cache: string,
    @Body(new Valid(ImportDto)) { lines, first, overwrite = false, ...where }: ImportDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const about = { cache, ...whereOf(where), request };
    const open = await this.caches.open('import', about);
    const given = await this.allowed(readLines(lines, first), about, overwrite);
    await this.answers.json(response, checkImport(open, given));
  }

  @Post('import')
  import(
    @Param('cache') cache: string,
    @Body(new Valid(ImportDto)) { lines, first, overwrite = false, ...where }: ImportDto,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const read = readLines(lines, first);
    const about = { cache, ...whereOf(where), request };
    const keys = read.records.map(({ key }) => key);
    return this.changes.make({ action: 'import', ...about, keys }, response, async (open, soFar) => {
      const given = await this.allowed(read, about, overwrite);
      // Reports a refusal, not a success, if the user may import none of the keys.
      if (read.records.length > 0 && given.records.length === 0)
        throw new ForbiddenException(given.problems.at(-1)?.message);
      return importKeys(open, given, overwrite, soFar);
    });
  }

  /** Moves lines whose keys the user may not create to the refused lines. */
  private async allowed(
    { records, problems }: GivenLines,
    about: CachexAdminContext,
    overwrite: boolean,
  ): Promise<GivenLines> {
    const needed = overwrite ? (['create', 'edit'] as const) : (['create'] as const);
    const may: ImportedLine[] = [];
    const mayNot: LineProblem[] = [];
    for (const record of records) {
      const { line, key } = record;
      const refused = await firstOf(needed, async (action) => !(await this.rights.allow(action, { ...about, key })));
      if (refused === undefined) may.push(record);
      else
        mayNot.push({
          line,
          key,
          message: `You may not ${refused} the key ${quoted(key)} in the cache ${quoted(about.cache)}`,
        });
    }
    return { records: may, problems: [...problems, ...mayNot] };
  }
}

async function firstOf<T>(list: readonly T[], isIt: (one: T) => Promise<boolean>): Promise<T | undefined> {
  for (const one of list) if (await isIt(one)) return one;
  return undefined;
}

// oxlint-disable-next-line typescript/require-await -- has the type of `matching`
async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
