import { Redis } from 'ioredis';
import { open } from './cachex.mjs';
import { parsed } from './by-hand.mjs';
import { peer } from '../peers/index.mjs';

const ttlMs = 300_000;

/** One call of a loader for all keys that are missing. */
export async function cachexMany(url) {
  const cache = await open(url);
  return { many: (keys, load) => cache.getOrSetMany(keys, load, '5m') };
}

/** A loader for each key. */
export async function cachexLoop(url) {
  const cache = await open(url);
  const one = (key, load) => cache.getOrSet(key, async () => (await load([key]))[0], '5m');
  return { many: (keys, load) => Promise.all(keys.map((key) => one(key, load))) };
}

/** Gathers what is asked for at the same time; reads and stores by hand, and brings back what was deleted meanwhile. */
export async function dataloader(url) {
  const { default: DataLoader } = await peer('dataloader');
  const client = new Redis(url);
  const batch = (load) => async (keys) => {
    const values = (await client.mget([...keys])).map(parsed);
    const missing = keys.filter((_, index) => values[index] === undefined);
    if (missing.length === 0) return values;
    const loaded = await load(missing);
    const pipe = client.pipeline();
    for (const [index, key] of missing.entries()) pipe.set(key, JSON.stringify(loaded[index]), 'PX', ttlMs);
    await pipe.exec();
    const byKey = new Map(missing.map((key, index) => [key, loaded[index]]));
    return keys.map((key, index) => values[index] ?? byKey.get(key));
  };
  return { many: (keys, load) => new DataLoader(batch(load)).loadMany(keys) };
}
