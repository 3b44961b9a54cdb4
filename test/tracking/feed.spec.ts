import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Login } from '../../lib/connection/driver/login.js';
import { FeedConnection } from '../../lib/tracking/feed-connection.js';
import { InvalidationFeed } from '../../lib/tracking/invalidation-feed.js';
import { Requests } from '../profiles/requests.js';

/** A server that answers and pushes as the test says. */
class Pretended {
  readonly sockets: Socket[] = [];
  readonly asked: string[] = [];
  replies: Record<string, string> = {};
  private readonly listener: Server = createServer((socket) => this.accept(socket));

  async start(): Promise<number> {
    await once(this.listener.listen(0, '127.0.0.1'), 'listening');
    return (this.listener.address() as AddressInfo).port;
  }

  push(bytes: string): void {
    this.sockets.at(-1)!.write(bytes);
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.listener.close();
  }

  private accept(socket: Socket): void {
    this.sockets.push(socket.on('error', () => undefined));
    const requests = new Requests();
    socket.on('data', (chunk: Buffer) => {
      for (const { args } of requests.read(chunk)) {
        this.asked.push(args.join(' '));
        const reply = this.replies[String(args[0])] ?? '+OK\r\n';
        if (reply === 'hang up') socket.destroy();
        else socket.write(reply);
      }
    });
  }
}

/** Resolves when the other side has closed the connection. */
async function gone(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close');
}

/** Credentials that the test renews. */
function renewable() {
  const calls = {
    password: 'old',
    renewed: (): void => undefined,
    ready: vi.fn<(wasLost: boolean) => undefined>(),
    doubted: vi.fn<() => void>(),
    unfollowed: vi.fn<() => void>(),
  };
  const login = {
    username: 'app',
    get password() {
      return calls.password;
    },
    ready: calls.ready,
    doubt: calls.doubted,
    follow: (tell: () => void) => {
      calls.renewed = tell;
      return calls.unfollowed;
    },
  };
  return { login: login as unknown as Login, calls };
}

describe('a feed of changes', () => {
  let server: Pretended;
  let port: number;
  let feed: InvalidationFeed | undefined;
  let events: EventEmitter;
  const heard: unknown[] = [];

  beforeEach(async () => {
    heard.length = 0;
    server = new Pretended();
    server.replies = { HELLO: '%1\r\n+proto\r\n:3\r\n', INFO: '=16\r\ntxt:run_id:abc\r\n\r\n', PING: '+PONG\r\n' };
    port = await server.start();
  });
  afterEach(async () => {
    await feed?.close();
    server.stop();
  });

  function open(options: object = {}, login?: Login): EventEmitter {
    events = new EventEmitter();
    feed = new InvalidationFeed({ options: { host: '127.0.0.1', port, ...options }, login }, 'p:', {
      onChange: (keys) => heard.push(keys),
      onListening: () => events.emit('listening'),
      onSilence: () => events.emit('silence'),
      onRefusal: (error) => events.emit('refusal', error),
    });
    return events;
  }

  it('is one connection that tracks for itself', async () => {
    await once(open({ username: 'app', password: 'secret' }), 'listening');
    const asked = ['HELLO 3 AUTH app secret', 'CLIENT TRACKING ON BCAST PREFIX p:', 'INFO server', 'PING'];
    expect(server.asked).toEqual(asked);
    expect(feed!.runId).toBe('abc');
    server.push(
      '>2\r\n$10\r\ninvalidate\r\n*2\r\n$3\r\np:k\r\n$3\r\np:l\r\n>1\r\n$5\r\nnews?\r\n>2\r\n$10\r\ninvalidate\r\n_\r\n',
    );
    await expect.poll(() => heard).toEqual([[Buffer.from('p:k'), Buffer.from('p:l')], null]);
  });

  it('redirects to itself if the newer protocol is refused', async () => {
    Object.assign(server.replies, { HELLO: "-ERR unknown command 'HELLO'\r\n", INFO: '$12\r\nrun_id:abc\r\n\r\n' });
    Object.assign(server.replies, { SUBSCRIBE: '*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n' });
    await once(open({ password: 'secret' }), 'listening');
    expect(server.asked).toEqual([
      'HELLO 3 AUTH default secret',
      'AUTH secret',
      'CLIENT ID',
      'CLIENT TRACKING ON REDIRECT OK BCAST PREFIX p:',
      'INFO server',
      'PING',
      'SUBSCRIBE __redis__:invalidate',
    ]);
    const message = '*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n';
    server.push(`${message}*1\r\n$3\r\np:k\r\n${message}$-1\r\n`);
    await expect.poll(() => heard).toEqual([[Buffer.from('p:k')], null]);
  });

  it('sends nothing but user and password, once, if these are wrong', async () => {
    server.replies['HELLO'] = '-WRONGPASS invalid username-password pair\r\n';
    open({ password: 'wrong' });
    await expect.poll(() => server.asked.length).toBeGreaterThan(1);
    expect(new Set(server.asked)).toEqual(new Set(['HELLO 3 AUTH default wrong']));
    await gone(server.sockets[0]!);
  });

  it.each([
    ['an invalidation of no keys', '>2\r\n$10\r\ninvalidate\r\n:5\r\n'],
    ['an invalidation of other things', '>2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\nk\r\n:1\r\n'],
    ['a reply that nobody has asked for', '+OK\r\n'],
    ['what is no reply', 'HTTP/1.1 400 Bad Request\r\n'],
  ])('trusts no server that has sent %s', async (_, bytes) => {
    await once(open(), 'listening');
    const [silence, again] = [once(events, 'silence'), once(events, 'listening')];
    server.push(bytes);
    await silence;
    await again;
    expect(heard).toEqual([]);
  });

  it('stops as soon as nothing answers its heartbeat', async () => {
    await once(open(), 'listening');
    server.replies['PING'] = '';
    await once(events, 'silence');
    expect(feed!.runId).toBeUndefined();
  });

  it('waits while the server loads its data', async () => {
    server.replies['PING'] = '-LOADING Redis is loading the dataset in memory\r\n';
    open();
    await expect.poll(() => server.sockets.length).toBeGreaterThan(1);
    expect(feed!.runId).toBeUndefined();
    server.replies['PING'] = '+PONG\r\n';
    await once(events, 'listening');
  });

  it('reports that servers hang up again and again, and counts afresh after a success', async () => {
    const attempts = vi.spyOn(FeedConnection, 'open');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const refusals: unknown[] = [];
    let failures = 0;
    const pause = (): unknown => vi.advanceTimersByTime(1_500);
    const fail = async (times: number): Promise<void> => {
      const failed = (): number => attempts.mock.settledResults.filter(({ type }) => type === 'rejected').length;
      for (const last = failures + times; failures < last; pause()) {
        failures++;
        await expect.poll(failed).toBe(failures);
        await new Promise(setImmediate);
        if (failures === last) return;
      }
    };
    try {
      server.replies['HELLO'] = 'hang up';
      open().on('refusal', (error) => refusals.push(error));
      await fail(7);
      server.replies['HELLO'] = '*0\r\n';
      const listening = once(events, 'listening');
      pause();
      await listening;
      server.replies['HELLO'] = 'hang up';
      const silence = once(events, 'silence');
      server.sockets.at(-1)!.destroy();
      await silence;
      pause();
      await fail(7);
      expect(refusals).toEqual([]);
      pause();
      await fail(1);
      expect(refusals).toEqual([new Error('the server closed the connection')]);
    } finally {
      vi.useRealTimers();
      attempts.mockRestore();
    }
  });

  it('never quotes what a server quotes', async () => {
    server.replies['CLIENT'] = "-ERR unknown command 'CLIENT', with args beginning with: 'secret' \r\n";
    const [error] = await once(open({ password: 'secret' }), 'refusal');
    expect(String(error)).not.toContain('secret');
    await gone(server.sockets[0]!);
  });

  it('waits a minute before it asks a server again that has refused', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      server.replies['CLIENT'] = '-NOPERM this user has no permissions to run it\r\n';
      await once(open(), 'refusal');
      vi.advanceTimersByTime(59_999);
      await gone(server.sockets[0]!);
      expect(server.sockets).toHaveLength(1);
      const refused = once(events, 'refusal');
      vi.advanceTimersByTime(1);
      await refused;
      expect(server.sockets).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('uses the user’s own connector', async () => {
    class Tunnel {
      check = (): boolean => true;
      connect = async (): Promise<Socket> => connect(port, '127.0.0.1');
    }
    await once(open({ Connector: Tunnel, host: 'nowhere.invalid' }), 'listening');
    expect(feed!.runId).toBe('abc');
  });

  it('leaves no connection behind when it is closed, nor its heartbeat', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await once(open(), 'listening');
      expect(vi.getTimerCount()).toBe(1);
      await feed!.close();
      await gone(server.sockets[0]!);
      await expect.poll(() => vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('leaves no attempt behind when it is closed', async () => {
    server.replies['HELLO'] = '';
    open();
    await expect.poll(() => server.asked).toHaveLength(1);
    await feed!.close();
    await once(server.sockets[0]!, 'close');
    expect(server.sockets).toHaveLength(1);
  });

  it('uses the newest credentials, without a gap', async () => {
    const { login, calls } = renewable();
    await once(open({}, login), 'listening');
    events.on('silence', () => expect.unreachable('it was silent'));
    calls.password = 'new';
    const again = once(events, 'listening');
    calls.renewed();
    await again;
    expect(server.asked.filter((each) => each.startsWith('HELLO'))).toEqual([
      'HELLO 3 AUTH app old',
      'HELLO 3 AUTH app new',
    ]);
    await gone(server.sockets[0]!);
    expect(server.sockets[1]!.destroyed).toBe(false);
    await feed!.close();
    expect(calls.unfollowed).toHaveBeenCalledTimes(1);
  });

  it('asks for credentials once at a time, and says whether the last ones may be useless', async () => {
    const { login, calls } = renewable();
    const [hello] = [server.replies['HELLO']!];
    server.replies['HELLO'] = '';
    open({}, login);
    await expect.poll(() => server.asked).toHaveLength(1);
    calls.renewed();
    const first = once(events, 'listening');
    server.replies['HELLO'] = hello;
    server.push(hello);
    await first;
    expect(server.sockets).toHaveLength(1);
    const second = once(events, 'listening');
    server.sockets[0]!.destroy();
    await second;
    const third = once(events, 'listening');
    calls.renewed();
    await third;
    expect(calls.ready.mock.calls).toEqual([[false], [true], [false]]);
    expect(calls.doubted).not.toHaveBeenCalled();
  });

  it('retries soon if the newest credentials are refused, and listens with the old ones', async () => {
    const { login, calls } = renewable();
    await once(open({}, login), 'listening');
    for (const trouble of ['silence', 'refusal']) events.on(trouble, () => expect.unreachable(trouble));
    server.replies['HELLO'] = '-WRONGPASS invalid username-password pair\r\n';
    calls.renewed();
    await expect.poll(() => server.sockets.length).toBeGreaterThan(2);
    expect(calls.doubted).toHaveBeenCalled();
    Object.assign(server.replies, { HELLO: '%1\r\n+proto\r\n:3\r\n', CLIENT: '-NOPERM not yet\r\n' });
    const tried = server.sockets.length;
    await expect.poll(() => server.sockets.length).toBeGreaterThan(tried + 1);
    expect(server.sockets[0]!.destroyed).toBe(false);
  });
});
