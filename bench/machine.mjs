import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The machine of the results: never compare results of two machines. */
export const machine = () => ({ node: process.version, cpu: `${cpus().length} × ${cpus()[0].model}` });

/** Processor time since boot: idle, stolen by the host for other guests, and total. */
function times() {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user, nice, system, idle, iowait, irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number);
  return { idle: idle + iowait, steal, all: user + nice + system + idle + iowait + irq + softirq + steal };
}

/**
 * Returns a function that reports how much of the wanted processor time the host has since given to other guests, in
 * percent: a source of noise. `null` if the system does not report it.
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
