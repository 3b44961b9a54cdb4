// One of the processes that `processes.mjs` starts.
import { open } from '../contenders/cachex.mjs';
import { sampleObject } from '../measure.mjs';
import { watchCalls } from './measure.mjs';

const [url] = process.argv.slice(2);
const value = sampleObject(200);
const keys = Array.from({ length: 100 }, (_, n) => `key:${n}`);
const cache = await open(url);
const tracking = await open(url, { tracking: true, keyPrefix: 'tracked' });
await Promise.all(keys.flatMap((key) => [cache.set(key, value), tracking.set(key, value)]));

const actions = {
  get: (ms) => watchCalls(ms, 10, (i) => cache.get(keys[i % keys.length])),
  lock: (ms) => watchCalls(ms, 1, () => cache.withLock('one', {}, async () => undefined)),
  copy: async () => {
    await Promise.all(keys.map((key) => tracking.get(key)));
    return { calls: keys.length };
  },
  overwrite: async () => {
    for (const key of keys) await tracking.set(key, value);
    return { calls: keys.length };
  },
};

process.on('message', ({ name, ms }) => void actions[name](ms).then((result) => process.send(result)));
process.on('disconnect', () => process.exit());
process.send('ready');
