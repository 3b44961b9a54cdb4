import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Undocumented members of ioredis. */
const names =
  /\b(commandQueue|offlineQueue|prevCommandQueue|flushQueue|sendCommand|connectionPool|natMapper|refreshSlotsCache|resolveStartupNodeHostnames|sentinelIterator|recoverFromFatalError|handleReconnection|silentEmit|connectionEpoch|_readyCheck|_groups\w+)\b|\b(redis|cluster|client|node)(\[|\.(stream|condition|connector)\b)|\{[^}]*\b(stream|condition|connector)\b[^}]*\} = (\w+\.)*(redis|node)\b/;

const files = ['lib/connection', 'lib/tracking']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
  .filter((file) => file.endsWith('.ts') && !file.endsWith(join('driver', 'internals.ts')));

it('names the internals of ioredis in one file', () => {
  expect(files.length).toBeGreaterThan(30);
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (names.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
