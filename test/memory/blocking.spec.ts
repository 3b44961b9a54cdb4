import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { ConnectionError } from '../../lib/errors/index.js';
import { toPlain } from './differential/normalise.js';
import { run, text } from './text.js';

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('blocking commands of the embedded engine', () => {
  it('serve waiters in the order of their arrival', async () => {
    const server = new MemoryServer();
    const waiting = Array.from({ length: 3 }, async () => server.connect().call('BLPOP', ['queue', 0]));
    run(server.connect(), 'RPUSH', ['queue', 'first', 'second', 'third']);
    const replies = await Promise.all(waiting);
    expect(replies.map((reply) => toPlain(reply))).toEqual([
      ['queue', 'first'],
      ['queue', 'second'],
      ['queue', 'third'],
    ]);
    expect(server.connect().call('EXISTS', ['queue'])).toBe(0);
  });

  it('see only the final state of a transaction or a script', async () => {
    const server = new MemoryServer();
    const writer = server.connect();
    const waiting = server.connect().call('BLPOP', ['queue', 0]);
    await writer.call('EVAL', ["redis.call('RPUSH', 'queue', 'gone') redis.call('DEL', 'queue')", 0]);
    run(writer, 'MULTI');
    run(writer, 'RPUSH', ['queue', 'gone']);
    run(writer, 'LPOP', ['queue']);
    run(writer, 'RPUSH', ['queue', 'stays']);
    run(writer, 'EXEC');
    expect(toPlain(await waiting)).toEqual(['queue', 'stays']);
  });

  it('end with nothing after their timeout', async () => {
    const session = new MemoryServer().connect();
    const started = performance.now();
    expect(await session.call('BLPOP', ['queue', 0.05])).toBeNull();
    expect(performance.now() - started).toBeGreaterThan(45);
  });

  it('leave neither a timer nor a place in the queue behind', async () => {
    const before = timers();
    const server = new MemoryServer();
    const [served, cancelled, closed] = [server.connect(), server.connect(), server.connect()];
    const waiting = [served, cancelled, closed].map((session) => session.call('BRPOP', ['queue', 60]));
    expect(timers()).toBe(before + 3);
    const writer = server.connect();
    run(writer, 'RPUSH', ['queue', 'x']);
    cancelled.cancel();
    closed.close();
    expect(toPlain((await waiting[0]) ?? null)).toEqual(['queue', 'x']);
    expect(await waiting[1]).toBeNull();
    await expect(waiting[2]).rejects.toThrow(ConnectionError);
    expect(timers()).toBe(before);
    run(writer, 'RPUSH', ['queue', 'y']);
    expect(writer.call('LLEN', ['queue'])).toBe(1);
  });

  it('are ended by CLIENT UNBLOCK of another session', async () => {
    const server = new MemoryServer();
    const [a, b] = [server.connect(), server.connect()];
    const ended = a.call('BLPOP', ['queue', 0]);
    expect(b.call('CLIENT', ['UNBLOCK', a.id])).toBe(1);
    expect(await ended).toBeNull();
    const failed = a.call('BLPOP', ['queue', 0]);
    run(b, 'CLIENT', ['UNBLOCK', a.id, 'ERROR']);
    expect(toPlain(await failed)).toEqual({ error: 'UNBLOCKED client unblocked via CLIENT UNBLOCK' });
    expect(b.call('CLIENT', ['UNBLOCK', a.id])).toBe(0);
  });

  it('hold back later calls of the same session only', async () => {
    const server = new MemoryServer();
    const [a, b] = [server.connect(), server.connect()];
    const blocked = a.call('BLPOP', ['queue', 0]);
    const behind = [
      a.call('SET', ['k', '1']),
      a.call('INCR', ['k']),
      a.call('BLPOP', ['queue', 0]),
      a.call('INCR', ['k']),
    ];
    expect(text(b.call('GET', ['k']))).toBeNull();
    run(b, 'RPUSH', ['queue', 'x']);
    await blocked;
    expect(await behind[1]).toBe(2);
    expect(text(b.call('GET', ['k']))).toBe('2');
    run(b, 'RPUSH', ['queue', 'y']);
    expect(await behind[3]).toBe(3);
    expect(text(a.call('GET', ['k']))).toBe('3');
  });

  it('move elements along a chain of waiters', async () => {
    const server = new MemoryServer();
    const moved = server.connect().call('BLMOVE', ['a', 'b', 'LEFT', 'RIGHT', 0]);
    const popped = server.connect().call('BLPOP', ['b', 0]);
    run(server.connect(), 'RPUSH', ['a', 'x']);
    expect(toPlain(await moved)).toBe('x');
    expect(toPlain(await popped)).toEqual(['b', 'x']);
  });
});
