import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { topologies } from '../contract/topologies.js';
import { copiesOf, forgotten, openTracked } from './tracked.js';

const remote = topologies.map(({ name }) => name).filter((name) => name !== 'embedded engine');

describe.each(remote)('tracking on %s', (topology) => {
  let cache: CachexService;
  let other: CachexService;

  beforeAll(async () => {
    const options = { connection: inject('connections')[topology]!, keyPrefix: randomUUID() };
    [cache, other] = await Promise.all([openTracked(options), openCache(options)]);
  });
  afterAll(async () => {
    await other.clear();
    await Promise.all([cache.close(), other.close()]);
  });

  it('keeps what was read until another process changes it', async () => {
    for (let i = 0; i < 20; i++) await other.set(`k${i}`, { i });
    for (let i = 0; i < 20; i++) expect(await cache.get(`k${i}`)).toEqual({ i });
    expect(copiesOf(cache).entries).toBe(20);
    await other.set('k7', 'new');
    await forgotten(cache, 'k7');
    expect(copiesOf(cache).entries).toBe(19);
    expect(await cache.get('k7')).toBe('new');
  });
});
