import { sampleObject } from './measure.mjs';

const keyCount = 1000;
const keys = Array.from({ length: keyCount }, (_, n) => `key:${n}`);
const hundred = keys.slice(0, 100);

/** Runs `call` for 0 to `count`, so many at a time; seconds. */
async function timed(call, count, inFlight) {
  let next = 0;
  const caller = async () => {
    while (next < count) await call(next++);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, caller));
  return (performance.now() - start) / 1000;
}

/** Sets before it gets, so that there is something to get. */
function setAndGet(label, bytes, inFlight, count) {
  const value = sampleObject(bytes);
  const prefix = `${bytes}:`;
  return {
    [`set ${label}`]: {
      count,
      run: (contender, n) => timed((i) => contender.set(prefix + keys[i % keyCount], value), n, inFlight),
    },
    [`get ${label}`]: {
      count,
      prepare: (contender) => Promise.all(keys.map((key) => contender.set(prefix + key, value))),
      run: (contender, n) => timed((i) => contender.get(prefix + keys[i % keyCount]), n, inFlight),
    },
  };
}

const small = sampleObject(200);
const fields = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`field:${n}`, small]));
const members = Array.from({ length: 1000 }, (_, n) => [`member:${n}`, n]);

/** `run` gives the seconds that `count` calls take; a case is left to those who have its `method`. */
export const cases = {
  ...setAndGet('200 B, one after the other', 200, 1, 3000),
  ...setAndGet('200 B, 100 in flight', 200, 100, 30_000),
  ...setAndGet('10 KB, one after the other', 10_000, 1, 600),
  ...setAndGet('10 KB, 100 in flight', 10_000, 100, 2000),
  ...setAndGet('100 KB, 10 in flight', 100_000, 10, 150),
  'getMany of 100': {
    count: 250,
    method: 'getMany',
    prepare: (contender) => Promise.all(hundred.map((key) => contender.set(key, small))),
    run: (contender, n) => timed(() => contender.getMany(hundred), n, 1),
  },
  'pipeline of 100 gets': {
    count: 250,
    method: 'pipeline',
    prepare: (contender) => Promise.all(hundred.map((key) => contender.set(key, small))),
    run: (contender, n) => timed(() => contender.pipeline(hundred), n, 1),
  },
  'hgetall of 20 fields, 20 in flight': {
    count: 2000,
    method: 'hgetall',
    prepare: (contender) => contender.hset('hash', fields),
    run: (contender, n) => timed(() => contender.hgetall('hash'), n, 20),
  },
  'zrange of 100, 20 in flight': {
    count: 2000,
    method: 'zrange',
    prepare: (contender) => contender.zadd('board', members),
    run: (contender, n) => timed(() => contender.zrange('board', 100, 199), n, 20),
  },
};

export const clusterCases = setAndGet('200 B, 100 in flight, cluster', 200, 100, 30_000);
