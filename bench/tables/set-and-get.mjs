import { sampleObject } from '../measure.mjs';

const setAll = (contender, value) => Promise.all(contender.keys.map((key) => contender.set(key, value)));

/** Two cases: writing values of this size, then reading them. */
export function setAndGet(label, bytes, inFlight, rest) {
  const value = sampleObject(bytes);
  return {
    [`set ${label}`]: {
      ...rest,
      method: 'set',
      inFlight,
      call: ({ set, keys }, i) => set(keys[i % keys.length], value),
    },
    [`get ${label}`]: {
      ...rest,
      method: 'get',
      inFlight,
      prepare: (contender) => setAll(contender, value),
      call: ({ get, keys }, i) => get(keys[i % keys.length]),
    },
  };
}

export const setHundred = ({ set, keys }, value) => Promise.all(keys.slice(0, 100).map((key) => set(key, value)));
