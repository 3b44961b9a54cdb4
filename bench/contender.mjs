// A process of its own for each contender: what one does to the compiler and the heap is no other's burden.
import { cases, clusterCases } from './cases.mjs';
import { clusterContenders, contenders } from './contenders.mjs';

const [url, name, topology] = process.argv.slice(2);
const isCluster = topology === 'cluster';
const contender = await (isCluster ? clusterContenders : contenders)[name](url);
const own = isCluster ? clusterCases : cases;

async function perform({ label, prepares }) {
  const { count, method, prepare, run } = own[label];
  if (method && !contender[method]) return undefined;
  if (prepares) await prepare?.(contender);
  globalThis.gc?.();
  const before = process.cpuUsage();
  const seconds = await run(contender, count);
  const { user, system } = process.cpuUsage(before);
  return { seconds, cpu: (user + system) / 1e6 };
}

process.on('message', (order) => void perform(order).then((measured) => process.send({ measured })));
process.send({ ready: true });
