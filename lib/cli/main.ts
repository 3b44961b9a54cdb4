#!/usr/bin/env node
import { errorText } from '../errors/error-text.js';
import type { ProgramCommand } from './program/program-command.js';

interface Listed {
  /** One line of help. */
  readonly summary: string;
  /** Loaded on demand: each command needs packages that the others do not. */
  load(): Promise<ProgramCommand>;
}

const commands = new Map<string, Listed>([
  [
    'admin',
    {
      summary: 'Serves the admin page for a server without an application',
      load: async () => (await import('./admin/admin.command.js')).adminCommand,
    },
  ],
  [
    'migrate',
    {
      summary: 'Moves sources from @nestjs/cache-manager to nest-cachex',
      load: async () => (await import('./migrate/migrate.command.js')).migrateCommand,
    },
  ],
]);

const usage = [
  'Usage: nest-cachex <command> [options]',
  '',
  ...[...commands].map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`),
  '',
  'nest-cachex <command> --help lists the options of a command.',
].join('\n');

async function run([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h') return console.log(usage);
  const listed = commands.get(name);
  if (!listed) throw new Error(`There is no command "${name}".\n\n${usage}`);
  const command = await listed.load();
  if (args.includes('--help') || args.includes('-h')) return console.log(command.help);
  await command.run(args);
}

run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : errorText(error));
  process.exitCode = 1;
});
