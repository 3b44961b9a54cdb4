// Each contender has separate processes, so that it does not burden the compiler and the heap of others.
import { callFor } from './measure.mjs';
import { pin } from './processors.mjs';
import { tables } from './tables/index.mjs';

const [table, name, url, number] = process.argv.slice(2);
const { contenders, cases } = tables[table];
const index = Object.keys(contenders).indexOf(name);
const contender = {
  // Each process has keys of its own: contenders encode values differently, and a miss must be one.
  keys: Array.from({ length: 1000 }, (_, n) => `${index}:${number}:key:${n}`),
  url,
  ...(await contenders[name](url)),
};

/** Where its client runs, unless the case decides: see `places`. */
const placeOf = ({ place, inFlight = 1, single }) => place ?? (inFlight === 1 && !single ? 'beside' : 'client');

/** A slot of the case: seconds and processor seconds per call. */
async function measure({ inFlight = 1, call, prepare, single }, ms) {
  if (single) await prepare?.(contender);
  // Warms up what has become cold while sleeping; not measured. (Forced garbage collection made a trial half as fast.)
  if (!single) await callFor(ms * 0.4, inFlight, (i) => call(contender, i));
  const before = process.cpuUsage();
  const start = performance.now();
  const took = single && (await single(contender));
  const calls = single ? 1 : await callFor(ms, inFlight, (i) => call(contender, i));
  const seconds = took ?? (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { seconds: seconds / calls, cpu: (user + system) / 1e6 / calls };
}

async function perform({ label, ms, warms }) {
  const own = cases[label];
  if (!contender[own.method]) return undefined;
  if (warms) {
    pin(process.pid, placeOf(own));
    if (!own.single) await own.prepare?.(contender);
  }
  return measure(own, ms);
}

process.on('message', (order) => void perform(order).then((measured) => process.send({ measured })));
process.on('disconnect', () => process.exit());
process.send({ ready: true });
