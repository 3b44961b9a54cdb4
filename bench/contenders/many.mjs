import { Redis } from 'ioredis';
import { readThrough } from './by-hand.mjs';
import { open } from './cachex.mjs';
import { peer } from '../peers/index.mjs';

/** One call of a loader for all keys that are missing. */
export async function cachexMany(url) {
  const cache = await open(url);
  return { readThrough: (keys, load) => cache.getOrSetMany(keys, load, '5m') };
}

/** A loader for each key. */
export async function cachexLoop(url) {
  const cache = await open(url);
  const one = (key, load) => cache.getOrSet(key, async () => (await load([key]))[0], '5m');
  return { readThrough: (keys, load) => Promise.all(keys.map((key) => one(key, load))) };
}

/** Gathers what is asked for at the same time, one by one, as resolvers do; what it gathers is read and stored by hand. */
export async function dataloader(url) {
  const { default: DataLoader } = await peer('dataloader');
  const client = new Redis(url);
  return { readThrough: (keys, load) => new DataLoader((all) => readThrough(client, all, load)).loadMany(keys) };
}
