import { Redis } from 'ioredis';
import { readThrough } from './by-hand.mjs';
import { open } from './cachex.mjs';
import { peer } from '../peers/index.mjs';

/** One loader call for all missing keys. */
export async function cachexMany(url) {
  const cache = await open(url);
  return { readThrough: (keys, load) => cache.getOrSetMany(keys, load, '5m') };
}

/** One loader call for each missing key. */
export async function cachexLoop(url) {
  const cache = await open(url);
  const one = (key, load) => cache.getOrSet(key, async () => (await load([key]))[0], '5m');
  return { readThrough: (keys, load) => Promise.all(keys.map((key) => one(key, load))) };
}

/**
 * Collects simultaneous requests for single keys, as in resolvers; reading and storing the collected keys is written by
 * hand.
 */
export async function dataloader(url) {
  const { default: DataLoader } = await peer('dataloader');
  const client = new Redis(url);
  return { readThrough: (keys, load) => new DataLoader((all) => readThrough(client, all, load)).loadMany(keys) };
}
