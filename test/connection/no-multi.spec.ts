import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CachexService, PipelineError } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { waitFor } from '../servers/wait-for.js';
import { startServer, type RedisServer } from '../servers/server.js';

let server: RedisServer;
let cache: CachexService;
beforeAll(async () => {
  server = await startServer({ engine: 'redis' });
});
beforeEach(async () => {
  await server.cli('FLUSHALL');
  await server.cli('ACL', 'SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', '-multi');
  cache = await openCache({ connection: `redis://app:secret@127.0.0.1:${server.port}` });
});
afterEach(() => cache.close());
afterAll(() => server.stop());

describe('where a user must not call MULTI', () => {
  it('a transaction does nothing', async () => {
    const pipe = cache.pipeline({ transaction: true }).set('a', 1).incr('b');
    await expect(pipe.execute()).rejects.toThrow(PipelineError);
    expect(await server.cli('DBSIZE')).toBe('0');
  });

  it('a blocking call takes no element', async () => {
    await cache.rpush('list', 'job');
    await expect(cache.blpop(['list'], 0)).rejects.toThrow(/NOPERM/);
    expect(await cache.lrange('list', 0, -1)).toEqual(['job']);
  });

  it('works again once the user may', async () => {
    const transaction = () => cache.pipeline({ transaction: true }).set('a', 1).execute();
    await expect(transaction()).rejects.toThrow(/NOPERM/);
    await server.cli('ACL', 'SETUSER', 'app', '+multi');
    expect(await transaction()).toEqual([true]);
    await server.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    await waitFor(async () => (await transaction().catch(() => undefined))?.[0] === true, { what: 'a new connection' });
  });
});
