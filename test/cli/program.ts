import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The program as `npx nest-cachex` runs it. */
export const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs it until it ends. */
export async function run(args: readonly string[], cwd?: string): Promise<Ended> {
  try {
    return { ...(await promisify(execFile)(process.execPath, [program, ...args], { cwd })), code: 0 };
  } catch (error) {
    return error as Ended;
  }
}
