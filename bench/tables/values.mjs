import { bentocache, bentocacheMemory } from '../contenders/bentocache.mjs';
import { onOneServer } from '../contenders/index.mjs';
import { setAndGet } from './set-and-get.mjs';

export const values = {
  title: 'Values',
  contenders: {
    ...onOneServer,
    bentocache,
    'bentocache, memory + Redis': bentocacheMemory,
  },
  cases: {
    // Cases with many calls first: they warm up the compiler.
    ...setAndGet('200 B, 100 in flight', 200, 100, { isMain: true }),
    ...setAndGet('200 B, one after the other', 200, 1, { isMain: true }),
    ...setAndGet('10 KB, one after the other', 10_000, 1),
    ...setAndGet('10 KB, 100 in flight', 10_000, 100, { isMain: true }),
    ...setAndGet('100 KB, 10 in flight', 100_000, 10),
  },
};
