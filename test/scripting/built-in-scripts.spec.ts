import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScriptSource } from '../../lib/command-model/command.js';
import { engines } from '../servers/engine.js';
import { type RedisServer, startServer } from '../servers/server.js';

const lib = resolve(import.meta.dirname, '../../lib');
const files = (await readdir(lib, { recursive: true })).filter((file) => file.endsWith('.script.ts'));
const scripts = await Promise.all(
  files.map(async (file) => {
    const exported = Object.values((await import(join(lib, file))) as Record<string, ScriptSource>);
    return [basename(file), exported[0]!] as const;
  }),
);

/** The comment at the beginning of a script. */
const headOf = ({ source }: ScriptSource): string => /^(--.*\n)+/.exec(source)?.[0] ?? '';
const numbersOf = (text: string, table: 'KEYS' | 'ARGV'): number[] =>
  [...text.matchAll(new RegExp(String.raw`${table}\[(\d+)\]`, 'g'))].map(([, number]) => Number(number));
const count = (head: string, table: 'KEYS' | 'ARGV'): number => Math.max(0, ...numbersOf(head, table));

const commandIn = (head: string, argument: number): string | undefined =>
  new RegExp(String.raw`ARGV\[${argument}\] +([A-Z]{4,})\b`).exec(head)?.[1];

it('exist', () => {
  expect(scripts.length).toBeGreaterThan(6);
  expect(new Set(scripts.map(([, { name }]) => name)).size).toBe(scripts.length);
});

describe.each(scripts)('%s', (_, script) => {
  const head = headOf(script);

  it('is one file with one script, whose head documents its effect, arguments and result', () => {
    expect(script.name).toMatch(/^cachex:/);
    expect(head.split('\n')[0]).toMatch(/^-- [A-Z].{20}/);
    expect(head).toContain('-- RETURNS ');
    expect(head).toContain('-- KEYS[1] ');
    const body = script.source.slice(head.length);
    for (const table of ['KEYS', 'ARGV'] as const) {
      const told = numbersOf(head, table);
      expect(told).toEqual(told.map((_number, index) => index + 1));
      for (const used of numbersOf(body, table)) expect(told).toContain(used);
    }
  });
});

describe.each(engines)('every built-in script runs under redis-cli --eval on %s', (engine) => {
  let server: RedisServer;
  let folder: string;
  beforeAll(async () => {
    server = await startServer({ engine });
    folder = await mkdtemp(join(tmpdir(), 'cachex-scripts-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await server.stop();
  });

  it.each(scripts)('%s', async (name, script) => {
    const file = join(folder, `${name}.lua`);
    await writeFile(file, script.source);
    const head = headOf(script);
    const keys = Array.from({ length: count(head, 'KEYS') }, () => randomUUID());
    // An argument that is a command's name is documented as one: `ARGV[1]  APPEND or SETRANGE`.
    const args = Array.from({ length: count(head, 'ARGV') }, (_, index) => commandIn(head, index + 1) ?? '1');
    const options = ['-h', server.host, '-p', String(server.port), '-e'];
    const { stdout } = await promisify(execFile)('redis-cli', [...options, '--eval', file, ...keys, ',', ...args]);
    expect(stdout).toMatch(/\S/);
  });
});
