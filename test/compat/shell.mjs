import { spawn } from 'node:child_process';

/** Runs a command line until it ends; if it fails, the error quotes its output. */
export function run(command, { cwd, env, timeout = 300_000 }) {
  return new Promise((done, fail) => {
    const child = spawn('sh', ['-c', command], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Includes its child processes, which end with it.
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, timeout);
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0) return done(output);
      const end = late ? `was not done after ${timeout / 1000} s` : `ended with ${code}`;
      fail(new Error(`"${command}" ${end}:\n${output.trim().split('\n').slice(-40).join('\n')}`));
    });
  });
}

/** Resolves when a process has printed the text; reading continues. */
export function printed({ stdout }, text) {
  let output = '';
  return new Promise((done, fail) => {
    stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes(text)) done();
    });
    stdout.on('end', () => fail(new Error(`It ended before it said "${text}":\n${output}`)));
  });
}
