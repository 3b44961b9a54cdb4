import { autoPipelining, ioredis } from '../contenders/by-hand.mjs';
import { cachex } from '../contenders/cachex.mjs';
import { cachexLoop, cachexMany, dataloader } from '../contenders/many.mjs';
import { sampleObject } from '../measure.mjs';

const value = sampleObject(200);
const load = (keys) => keys.map(() => value);

/** Hits have the same name in each call, misses one of their own. */
function keysOf(call, count, missing) {
  return Array.from({ length: count }, (_, index) => (index < missing ? `${call}:${index}` : `kept:${index}`));
}

const many = (label, count, missing, rest) => ({
  [`${count} keys, ${label}`]: {
    ...rest,
    method: 'many',
    inFlight: 1,
    prepare: ({ many: read }) => read(keysOf('first', count, missing), load),
    call: ({ many: read }, i) => read(keysOf(i, count, missing), load),
  },
});

/** What a load costs beside its factory: `getOrSet` reserves the key before, and compares after. */
const miss = (label, inFlight) => ({
  [`getOrSet, a miss, ${label}`]: {
    method: 'getOrSet',
    inFlight,
    call: ({ getOrSet }, i) => getOrSet(`miss:${i}`, () => value),
  },
});

export const manyKeys = {
  title: 'Many keys at once, and misses',
  contenders: {
    'ioredis, by hand': ioredis,
    'ioredis, auto-pipelining, by hand': autoPipelining,
    'nest-cachex': (url) => cachex(url),
    'nest-cachex, getOrSetMany': cachexMany,
    'nest-cachex, a loop of getOrSet': cachexLoop,
    'dataloader + ioredis': dataloader,
  },
  cases: {
    ...many('all hits', 1000, 0),
    ...many('400 missing', 1000, 400),
    ...many('all hits', 50, 0),
    ...many('20 missing', 50, 20),
    ...miss('one after the other', 1),
    ...miss('100 in flight', 100),
  },
};
