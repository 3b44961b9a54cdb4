import { onOneServer } from '../contenders/index.mjs';
import { sampleObject } from '../measure.mjs';
import { setHundred } from './set-and-get.mjs';

const value = sampleObject(200);
const fields = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`field:${n}`, value]));
const members = Array.from({ length: 1000 }, (_, n) => [`member:${n}`, n]);
const prepare = (contender) => setHundred(contender, value);

export const collections = {
  title: 'Many values at once',
  contenders: onOneServer,
  cases: {
    'getMany of 100': {
      isMain: true,
      method: 'getMany',
      prepare,
      call: ({ getMany, keys }) => getMany(keys.slice(0, 100)),
    },
    'pipeline of 100 gets': {
      method: 'pipeline',
      prepare,
      call: ({ pipeline, keys }) => pipeline(keys.slice(0, 100)),
    },
    'hgetall of 20 fields, 20 in flight': {
      isMain: true,
      method: 'hgetall',
      inFlight: 20,
      prepare: ({ hset, keys }) => hset(`hash:${keys[0]}`, fields),
      call: ({ hgetall, keys }) => hgetall(`hash:${keys[0]}`),
    },
    'zrange of 100, 20 in flight': {
      method: 'zrange',
      inFlight: 20,
      prepare: ({ zadd, keys }) => zadd(`board:${keys[0]}`, members),
      call: ({ zrange, keys }) => zrange(`board:${keys[0]}`, 100, 199),
    },
  },
};
