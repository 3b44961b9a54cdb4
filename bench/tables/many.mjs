import { autoPipelining, ioredis } from '../contenders/by-hand.mjs';
import { cachex } from '../contenders/cachex.mjs';
import { cachexLoop, cachexMany, dataloader } from '../contenders/many.mjs';
import { sampleObject } from '../measure.mjs';

const value = sampleObject(200);
const load = (keys) => keys.map(() => value);

/** A key that nobody has used before: neither an earlier slot nor another contender. */
let asked = 0;
const newKey = ([first]) => `${first}:${asked++}`;

const keysOf = (keys, count, missing) =>
  Array.from({ length: count }, (_, index) => (index < missing ? newKey(keys) : keys[index]));

const many = (label, count, missing, rest) => ({
  [`${count} keys, ${label}`]: {
    ...rest,
    method: 'readThrough',
    inFlight: 1,
    prepare: ({ readThrough, keys }) => readThrough(keysOf(keys, count, 0), load),
    call: ({ readThrough, keys }) => readThrough(keysOf(keys, count, missing), load),
  },
});

/** The cost of a load apart from its factory: `getOrSet` reserves the key before it, and compares after it. */
const miss = (label, inFlight) => ({
  [`getOrSet, a miss, ${label}`]: {
    method: 'getOrSet',
    inFlight,
    call: ({ getOrSet, keys }) => getOrSet(newKey(keys), () => value),
  },
});

export const manyKeys = {
  title: 'Many keys at once, and misses',
  contenders: {
    ioredis,
    'ioredis, autopipelining': autoPipelining,
    'nest-cachex': (url) => cachex(url),
    'nest-cachex, getOrSetMany': cachexMany,
    'nest-cachex, a loop of getOrSet': cachexLoop,
    'dataloader + ioredis': dataloader,
  },
  cases: {
    ...many('all hits', 1000, 0),
    ...many('400 missing', 1000, 400),
    ...many('all hits', 50, 0, { isMain: true }),
    ...many('20 missing', 50, 20, { isMain: true }),
    ...miss('one after the other', 1),
    ...miss('100 in flight', 100),
  },
};
