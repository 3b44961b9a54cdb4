// A process of its own for each contender: what one does to the compiler and the heap is no other's burden.
import { callFor } from './measure.mjs';
import { pin } from './processors.mjs';
import { tables } from './tables/index.mjs';

const [table, name, url] = process.argv.slice(2);
const { contenders, cases } = tables[table];
const index = Object.keys(contenders).indexOf(name);
const contender = {
  // No two contenders' values are under one key: they are not written alike.
  keys: Array.from({ length: 1000 }, (_, n) => `${index}:key:${n}`),
  url,
  ...(await contenders[name](url)),
};

/** Where its client runs, unless the case tells: see `places`. */
const placeOf = ({ place, inFlight = 1, single }) => place ?? (inFlight === 1 && !single ? 'beside' : 'client');

/** A slot of the case: seconds and processor seconds of one call. */
async function measure({ inFlight = 1, call, prepare, single }, ms) {
  if (single) await prepare?.(contender);
  // Not measured: what sleep has left cold. (Nor is garbage collected by force: a trial with it was half as fast.)
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
