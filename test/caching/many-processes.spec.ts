import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { endingWithFile } from '../children.js';
import { type RedisServer, startServer } from '../servers/server.js';

const script = fileURLToPath(new URL('many-worker.mjs', import.meta.url));
const processes = 3;
const keys = 120;

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T];
  return message;
}

describe.each(['redis standalone', 'valkey cluster'])('getOrSetMany with lock, in processes on %s', (topology) => {
  let source: RedisServer;
  beforeAll(async () => {
    source = await startServer({ engine: 'redis' });
  });
  afterAll(() => source.stop());

  it('loads each key once, in all of them', { timeout: 60_000 }, async () => {
    const keyPrefix = randomUUID();
    const shared = { connection: inject('connections')[topology]!, keyPrefix, source: source.url, keys, callers: 10 };
    const children = Array.from({ length: processes }, (_, own) =>
      endingWithFile(fork(script, [JSON.stringify({ ...shared, own })], { stdio: 'inherit' })),
    );
    await Promise.all(children.map((child) => nextMessage(child)));
    const outcomes = children.map((child) => nextMessage<{ wrong: string[] }>(child));
    const exits = children.map((child) => once(child, 'exit'));
    for (const child of children) child.send('go');
    expect(await Promise.all(outcomes)).toEqual(children.map(() => ({ wrong: [] })));
    await Promise.all(exits);
    const client = new Redis(source.url);
    const loads = await client.hgetall(`${keyPrefix}:loads`);
    client.disconnect();
    expect(Object.keys(loads)).toHaveLength(keys);
    expect(Object.entries(loads).filter(([, count]) => count !== '1')).toEqual([]);
  });
});
