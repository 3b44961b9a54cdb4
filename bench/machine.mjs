import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What results are of: never compare those of two machines. */
export const machine = () => ({ node: process.version, cpu: `${cpus().length} × ${cpus()[0].model}` });

/** Processor time since the start: idle, given to other guests of the host, and all of it. */
function times() {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user, nice, system, idle, iowait, irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number);
  return { idle: idle + iowait, steal, all: user + nice + system + idle + iowait + irq + softirq + steal };
}

/**
 * A function that tells how much of the processor time that was wanted since then the host gave to other guests, in
 * percent: what makes one run noisier than another. `null` on systems that do not tell.
 */
export function watchSteal() {
  if (process.platform !== 'linux') return () => null;
  const before = times();
  return () => {
    const now = times();
    const wanted = now.all - before.all - (now.idle - before.idle);
    return wanted === 0 ? 0 : Math.round(((now.steal - before.steal) / wanted) * 1000) / 10;
  };
}
