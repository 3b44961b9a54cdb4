import { Redis } from 'ioredis';
import * as by from '../contenders/deletion.mjs';
import { longestWait } from '../measure.mjs';

const total = 200_000;

/** Half of the keys match. */
async function seed({ url, keyOf }) {
  const redis = new Redis(url);
  await redis.flushdb();
  for (let start = 0; start < total; start += 10_000) {
    const args = [];
    for (let n = start; n < start + 10_000; n++) args.push(keyOf(n % 2 ? 'match' : 'other', n), 'x');
    await redis.mset(args);
  }
  redis.disconnect();
}

async function whichAreLeft(url) {
  const redis = new Redis(url);
  const left = await redis.dbsize();
  redis.disconnect();
  if (left !== total / 2) throw new Error(`${left} keys are left instead of ${total / 2}`);
}

async function longestWaitBeside(url, work) {
  const other = new Redis(url);
  const ms = await longestWait(other, work);
  other.disconnect();
  return ms / 1000;
}

const deleting = { method: 'deleteGroup', prepare: seed };

export const deletion = {
  title: 'Deleting 100,000 of 200,000 keys',
  isLone: true,
  contenders: {
    ioredis: by.deleteByHand,
    'nest-cachex': by.cachexDeletion,
    'keyv + @keyv/redis': by.keyvDeletion,
    bentocache: by.bentocacheDeletion,
  },
  cases: {
    deletePattern: {
      ...deleting,
      isMain: true,
      rounds: 5,
      single: async ({ url, deleteGroup }) => {
        const start = performance.now();
        await deleteGroup('match');
        const seconds = (performance.now() - start) / 1000;
        await whichAreLeft(url);
        return seconds;
      },
    },
    'deletePattern, longest wait of another caller in the same process': {
      ...deleting,
      rounds: 3,
      single: ({ url, deleteGroup }) => longestWaitBeside(url, () => deleteGroup('match')),
    },
  },
};
