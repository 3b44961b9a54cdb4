import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { createTwoFilesPatch } from 'diff';
import { errorText } from '../../errors/error-text.js';
import type { ProgramCommand } from '../program/program-command.js';
import type { Registration } from './migrated-file.js';
import { migrateSource } from './migrate-source.js';
import { readSourceFiles } from './source-files.js';
import { type TtlUnit, ttlUnitOf } from './times.js';
import { loadTypeScript } from '../program/typescript.js';

const help = `Usage: nest-cachex migrate [paths…] [options]

Moves sources from @nestjs/cache-manager to nest-cachex: the module, injections, calls, decorators, and times. Prints the
changes, and what is left to do by hand. Without --write it changes no file.

  paths         files and folders (default: src)
  --write       changes the files
  --ttl <unit>  the unit of a TTL: ms, or s as in cache-manager before version 5 (default: by package.json)`;

export const migrateCommand: ProgramCommand = {
  help,
  async run(args) {
    const { paths, writes, unit } = await parse(args);
    const ts = loadTypeScript(process.cwd());
    const registration: Registration = {};
    const left: string[] = [];
    let changed = 0;
    for (const { path, text } of await readSourceFiles(paths)) {
      const name = relative(process.cwd(), path);
      const migrated = migrateSource(ts, path, text, unit, registration);
      left.push(...migrated.notes.map((note) => `  ${name}:${note.line}  ${note.text}`));
      if (migrated.text === text) continue;
      changed++;
      console.log(createTwoFilesPatch(name, name, text, migrated.text).replace(/^=+\n/, ''));
      if (writes) await writeFile(path, migrated.text);
    }
    console.log(summaryOf(changed, left, writes, unit));
  },
};

function summaryOf(changed: number, left: readonly string[], writes: boolean, unit: TtlUnit): string {
  const files = `${changed} file${changed === 1 ? '' : 's'}`;
  return [
    ...(left.length > 0 ? ['To do by hand:', ...left, ''] : []),
    `TTLs count ${unit === 's' ? 'seconds' : 'milliseconds'}; --ttl changes that.`,
    writes ? `Changed ${files}.` : `Would change ${files}: run it again with --write.`,
    ...(changed > 0 ? ['Then: npm install nest-cachex ioredis @nestjs/config, and compile.'] : []),
    'docs/from-cache-manager.md lists what behaves differently.',
  ].join('\n');
}

async function parse(args: readonly string[]): Promise<{ paths: string[]; writes: boolean; unit: TtlUnit }> {
  const { values, positionals } = readArguments(args);
  const { write = false, ttl } = values;
  if (ttl !== undefined && ttl !== 'ms' && ttl !== 's') throw new Error(`--ttl must be ms or s, not "${ttl}"`);
  const paths = positionals.length > 0 ? positionals : ['src'];
  return { paths, writes: write, unit: ttl ?? (await ttlUnitOf(process.cwd())) };
}

function readArguments(args: readonly string[]) {
  const options = { write: { type: 'boolean' }, ttl: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw new Error(`${errorText(cause)}\n\n${help}`, { cause });
  }
}
