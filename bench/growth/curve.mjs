// Measures one curve, on the server that the parent process names.
import { once } from 'node:events';
import { curves } from './index.mjs';

const [given] = await once(process, 'message');
const points = await curves[process.argv[2]].measure(given);
process.send(points, () => process.exit());
