import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { run, text } from './text.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function tracked(server: MemoryServer, ...options: string[]) {
  const [data, invalidations, other] = [server.connect(), server.connect(), server.connect()];
  const received: (string[] | null)[] = [];
  invalidations.onInvalidate = (keys) => received.push(keys && keys.map(String));
  run(invalidations, 'SUBSCRIBE', ['__redis__:invalidate']);
  expect(text(data.call('CLIENT', ['TRACKING', 'ON', 'REDIRECT', invalidations.id, ...options]))).toBe('OK');
  return { data, other, received };
}

describe('CLIENT TRACKING of the embedded engine', () => {
  it('reports each change once for a key that was read', async () => {
    const { data, other, received } = tracked(new MemoryServer());
    run(data, 'GET', ['k']);
    run(other, 'SET', ['k', '1']);
    run(other, 'SET', ['k', '2']);
    run(other, 'SET', ['unread', '1']);
    await turn();
    expect(received).toEqual([['k']]);
    run(data, 'GET', ['k']);
    run(other, 'DEL', ['k']);
    await turn();
    expect(received).toEqual([['k'], ['k']]);
  });

  it('reports every change below a prefix in broadcast mode', async () => {
    const { data, other, received } = tracked(new MemoryServer(), 'BCAST', 'PREFIX', 'a:', 'PREFIX', 'b:', 'NOLOOP');
    run(other, 'MSET', ['a:1', '1', 'c:1', '1', 'b:1', '1']);
    run(data, 'SET', ['a:2', 'mine']);
    run(other, 'SET', ['a:1', '2']);
    await turn();
    expect(received).toEqual([['a:1', 'b:1'], ['a:1']]);
  });

  it('reports everything after a flush, and nothing once it is off', async () => {
    const { data, other, received } = tracked(new MemoryServer(), 'BCAST');
    run(other, 'FLUSHALL');
    run(data, 'CLIENT', ['TRACKING', 'OFF']);
    run(other, 'SET', ['k', '1']);
    await turn();
    expect(received.every((keys) => keys === null)).toBe(true);
    expect(received.length).toBeGreaterThan(0);
  });
});
