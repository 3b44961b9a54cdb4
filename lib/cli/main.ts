#!/usr/bin/env node
import 'reflect-metadata';
import { errorText } from '../errors/error-text.js';
import { adminCommand } from './admin/admin.command.js';
import { migrateCommand } from './migrate/migrate.command.js';
import type { ProgramCommand } from './program/program-command.js';

const commands: readonly ProgramCommand[] = [adminCommand, migrateCommand];

const usage = [
  'Usage: nest-cachex <command> [options]',
  '',
  ...commands.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`),
  '',
  'nest-cachex <command> --help lists the options of a command.',
].join('\n');

async function run([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h') return console.log(usage);
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) throw new Error(`There is no command "${name}".\n\n${usage}`);
  if (args.includes('--help') || args.includes('-h')) return console.log(command.help);
  await command.run(args);
}

run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : errorText(error));
  process.exitCode = 1;
});
