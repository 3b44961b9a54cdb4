import { EventEmitter } from 'node:events';
import { type Redis, ReplyError } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolveTracking } from '../../lib/options/tracking.options.js';
import type { InvalidationFeed } from '../../lib/tracking/invalidation-feed.js';
import { LocalCopies } from '../../lib/tracking/local-copies.js';
import { ServerWatch } from '../../lib/tracking/server-watch.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connection to the server at a port; the test decides when it learns which server that is. */
class Reader extends EventEmitter {
  readonly status = 'ready';
  readonly options: object;
  readonly stream: object;
  say: (runId: string) => void = () => undefined;
  refuse: (error: Error) => void = () => undefined;

  constructor(remotePort: number) {
    super();
    this.options = { host: 'nowhere', port: remotePort };
    this.stream = { remoteAddress: 'nowhere', remotePort };
  }

  info(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.say = (runId) => resolve(`run_id:${runId}`);
      this.refuse = reject;
    });
  }
}

describe('local copies of reads over several connections', () => {
  let copies: LocalCopies;
  let servers: ServerWatch;
  const warn = vi.fn<(message: string) => void>();

  beforeEach(async () => {
    warn.mockClear();
    copies = new LocalCopies(resolveTracking(true)!);
    servers = new ServerWatch(copies, 'p:', { warn });
    heard(1, 'one');
    await open(1, 'one');
    keep('k');
  });
  afterEach(() => servers.close());

  /** The server that reports changes at a port; `undefined`: none does for now. */
  function heard(port: number, runId: string | undefined): () => Promise<void> {
    const close = vi.fn<() => Promise<void>>(async () => undefined);
    servers['feeds'].set(`nowhere:${port}`, { runId, close } as unknown as InvalidationFeed);
    return close;
  }

  function keep(...keys: string[]): void {
    for (const key of keys) copies.endRead(copies.beginRead(key)!, 0, Buffer.from('1'), -1);
  }

  function connect(port: number): Reader {
    const reader = new Reader(port);
    servers.follow(reader as unknown as Redis);
    return reader;
  }

  async function open(port: number, runId: string): Promise<Reader> {
    const reader = connect(port);
    reader.say(runId);
    await turn();
    return reader;
  }

  it('are used if all of them lead to a reporting server', async () => {
    await open(1, 'one');
    heard(2, 'two');
    await open(2, 'two');
    expect(copies.isActive).toBe(true);
  });

  it('are off while the server of a new one is unknown', async () => {
    const reader = connect(1);
    await turn();
    expect([copies.isActive, copies.entries]).toEqual([false, 0]);
    reader.say('one');
    await turn();
    expect(copies.isActive).toBe(true);
  });

  it('are used once a server says who it is that was busy at first', async () => {
    const reader = connect(1);
    reader.refuse(new ReplyError('BUSY Redis is busy running a script.') as Error);
    await turn();
    expect(copies.isActive).toBe(false);
    await expect.poll(() => (reader.say('one'), copies.isActive)).toBe(true);
  });

  it.each([
    ['that is not heard', undefined],
    ['in whose place another is heard', 'three'],
  ])('are off where one of them is to a server %s', async (_, runId) => {
    heard(2, runId);
    const reader = await open(2, 'two');
    expect(copies.isActive).toBe(false);
    reader.emit('close');
    expect(copies.isActive).toBe(true);
  });

  it('are dropped when a server says so: some, or all of them', () => {
    keep('a', 'b', 'c', 'd');
    servers['changed']([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
    expect(copies.entries).toBe(2);
    servers['changed'](null);
    expect(copies.entries).toBe(0);
  });

  it('are off after the end, and nothing listens without need', async () => {
    const [closesOne, closesTwo] = [heard(1, 'one'), heard(2, 'two')];
    const second = await open(2, 'two');
    second.emit('close');
    expect([vi.mocked(closesOne).mock.calls.length, vi.mocked(closesTwo).mock.calls.length]).toEqual([0, 1]);
    keep('k');
    await servers.close();
    expect([copies.isActive, copies.entries]).toEqual([false, 0]);
    expect(closesOne).toHaveBeenCalledTimes(1);
  });

  it('are dropped when one of the connections is lost', async () => {
    const reader = await open(1, 'one');
    keep('k');
    reader.emit('close');
    expect([copies.isActive, copies.entries]).toEqual([true, 0]);
  });

  it('are refused once per server, however often it is asked', () => {
    for (const peer of ['nowhere:1', 'nowhere:1', 'nowhere:2', 'nowhere:1']) servers['refused'](peer, new Error('no'));
    expect(warn.mock.calls.map(([message]) => /nowhere:\d/.exec(message)?.[0])).toEqual(['nowhere:1', 'nowhere:2']);
  });

  it('stay off when a connection opens after the end', async () => {
    await servers.close();
    heard(2, 'two');
    await open(2, 'two');
    expect(copies.isActive).toBe(false);
  });
});
