import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

/** Types and lint, with low priority: they use the time in which other specs wait. */
it('npm run lint finds nothing', { timeout: 600_000 }, async () => {
  const lint = promisify(execFile)('nice', ['-n', '5', 'npm', 'run', '--silent', 'lint'], { cwd, maxBuffer: 2 ** 26 });
  const complaints = lint.then(
    () => '',
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
  expect(await complaints).toBe('');
});
