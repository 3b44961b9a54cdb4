import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { endingWithFile } from '../children.js';
import { openCache } from '../open-cache.js';

const script = fileURLToPath(new URL('listener.mjs', import.meta.url));
const [processes, count] = [3, 500];

describe.each(['redis standalone', 'valkey cluster'])('processes that listen on %s', (topology) => {
  it('hear all messages of another one, in order, and end by themselves', { timeout: 60_000 }, async () => {
    const shared = { connection: inject('connections')[topology]!, keyPrefix: randomUUID() };
    const listeners = await Promise.all(
      Array.from({ length: processes }, async (): Promise<ChildProcess> => {
        const child = endingWithFile(fork(script, [JSON.stringify({ ...shared, count })], { stdio: 'inherit' }));
        await once(child, 'message');
        return child;
      }),
    );
    const heard = listeners.map((child) => once(child, 'message'));
    const cache = await openCache(shared);
    const ids = Array.from({ length: count }, (_, id) => id);
    await Promise.all(ids.map((id) => cache.publish('orders', { id })));
    await cache.close();
    expect(await Promise.all(heard)).toEqual(listeners.map(() => [{ heard: ids }, undefined]));
    const ends = listeners.map((child) => once(child, 'exit'));
    for (const child of listeners) child.send('stop');
    expect((await Promise.all(ends)).map(([code]) => code as number)).toEqual(listeners.map(() => 0));
  });
});
