import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pin } from '../processors.mjs';
import { inFlight } from './in-flight.mjs';
import { keys } from './keys.mjs';
import { processes } from './processes.mjs';
import { tags } from './tags.mjs';
import { tracked } from './tracked.mjs';

/** The curves: `measure` returns a point for each level; the columns in `plotted` become lines of the picture. */
export const curves = { 'in-flight': inFlight, keys, tags, tracked, processes };

const program = fileURLToPath(new URL('curve.mjs', import.meta.url));

async function measure(name, given) {
  const child = fork(program, [name], { execArgv: ['--expose-gc', '--max-old-space-size=8192'] });
  pin(child.pid, 'client');
  child.send(given);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The curve ${name} ended with code ${code}`);
  });
  const [points] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return points;
}

/** Measures each curve in a separate process. */
export async function growth(url, isQuick, onRow) {
  const rows = {};
  for (const [name, { title, levels, quickLevels }] of Object.entries(curves)) {
    const start = performance.now();
    rows[name] = await measure(name, { url, isQuick, levels: isQuick ? quickLevels : levels });
    onRow(`${title}: ${Math.round((performance.now() - start) / 1000)} s`);
  }
  return rows;
}
