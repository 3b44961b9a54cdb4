import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SentinelDeployment, startSentinel } from '../servers/sentinel.js';
import { waitFor } from '../servers/wait-for.js';
import { goThrough, patient, sentinelOf } from './faults.js';

const asynchronous = 'replication is asynchronous: nothing is promised';

describe('behind Sentinels', () => {
  let deployment: SentinelDeployment;
  beforeAll(async () => {
    deployment = await startSentinel({ engine: 'valkey' });
  });
  afterAll(() => deployment.stop());

  it('the primary changes places with the replica', async (t) => {
    const { lost, acknowledged } = await goThrough(t, {
      fault: '`SENTINEL FAILOVER` under load',
      since: 'the replica was the primary',
      promise: asynchronous,
      connection: sentinelOf(deployment),
      provoke: async (load) => {
        await deployment.failover();
        load.mark();
        // Until then the old primary accepts writes, which are lost when it becomes a replica.
        await deployment.settled();
      },
    });
    // Without listening to the Sentinels, nearly all writes would be lost.
    expect(lost).toBeLessThan(0.6 * acknowledged);
  });

  it('all Sentinels disappear, and nobody notices', async (t) => {
    const { failed, lost } = await goThrough(t, {
      fault: 'all Sentinels killed',
      since: 'the kill',
      promise: 'the same data: none',
      connection: patient(sentinelOf(deployment)),
      provoke: async (load) => {
        await Promise.all(deployment.sentinels.map((sentinel) => sentinel.kill()));
        load.mark();
        await load.moreWrites(100);
        await Promise.all(deployment.sentinels.map((sentinel) => sentinel.start()));
      },
    });
    expect(failed).toEqual({});
    expect(lost).toBe(0);
  });
});

describe('behind Sentinels, alone', () => {
  it('the primary is killed', async (t) => {
    await using deployment = await startSentinel({ engine: 'redis' });
    const { failed, lost, acknowledged } = await goThrough(t, {
      fault: '`kill -9` of the primary behind Sentinels',
      since: 'the replica was the primary',
      promise: asynchronous,
      connection: sentinelOf(deployment),
      provoke: async (load) => {
        const replica = await deployment.replica();
        await deployment.killPrimary();
        await waitFor(async () => (await deployment.primary()) === replica, { what: 'a failover', timeout: 20_000 });
        load.mark();
      },
    });
    expect(Object.keys(failed)).toContain('CACHEX_CONNECTION');
    expect(lost).toBeLessThan(acknowledged);
  });
});
