import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Login } from '../../lib/connection/driver/login.js';
import { InvalidationFeed } from '../../lib/tracking/invalidation-feed.js';
import { Requests } from '../profiles/requests.js';

/** A server that answers as the test says, and pushes what it is told to. */
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
    server.push('>2\r\n$10\r\ninvalidate\r\n*1\r\n$3\r\np:k\r\n>1\r\n$5\r\nnews?\r\n>2\r\n$10\r\ninvalidate\r\n_\r\n');
    await expect.poll(() => heard).toEqual([[Buffer.from('p:k')], null]);
  });

  it('is redirected to itself where the newer protocol is refused', async () => {
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

  it('says nothing but the user and the password once, where these are wrong', async () => {
    server.replies['HELLO'] = '-WRONGPASS invalid username-password pair\r\n';
    open({ password: 'wrong' });
    await expect.poll(() => server.asked.length).toBeGreaterThan(1);
    expect(new Set(server.asked)).toEqual(new Set(['HELLO 3 AUTH default wrong']));
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

  it('is silent as soon as nothing answers its heartbeat', async () => {
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

  it('says so where it is hung up on again and again', async () => {
    server.replies['HELLO'] = 'hang up';
    const [error] = await once(open(), 'refusal');
    expect(error).toEqual(new Error('the server closed the connection'));
    server.replies['HELLO'] = '*0\r\n';
    await once(events, 'listening');
  });

  it('never quotes what a server quotes', async () => {
    server.replies['CLIENT'] = "-ERR unknown command 'CLIENT', with args beginning with: 'secret' \r\n";
    const [error] = await once(open({ password: 'secret' }), 'refusal');
    expect(String(error)).not.toContain('secret');
  });

  it('goes the way of the user’s own connector', async () => {
    class Tunnel {
      check = (): boolean => true;
      connect = async (): Promise<Socket> => connect(port, '127.0.0.1');
    }
    await once(open({ Connector: Tunnel, host: 'nowhere.invalid' }), 'listening');
    expect(feed!.runId).toBe('abc');
  });

  it('leaves no attempt behind when it is closed', async () => {
    server.replies['HELLO'] = '';
    open();
    await expect.poll(() => server.asked).toHaveLength(1);
    await feed!.close();
    await once(server.sockets[0]!, 'close');
    expect(server.sockets).toHaveLength(1);
  });

  it('goes by the newest credentials, and is never silent for that', async () => {
    let renewed = (): void => undefined;
    let password = 'old';
    const follow = (tell: () => void) => {
      renewed = tell;
      return () => undefined;
    };
    const login = { username: 'app', ready: () => undefined, follow, doubt: () => undefined };
    Object.defineProperty(login, 'password', { get: () => password });
    await once(open({}, login as unknown as Login), 'listening');
    events.on('silence', () => expect.unreachable('it was silent'));
    [password] = ['new'];
    const again = once(events, 'listening');
    renewed();
    await again;
    expect(server.asked.filter((each) => each.startsWith('HELLO'))).toEqual([
      'HELLO 3 AUTH app old',
      'HELLO 3 AUTH app new',
    ]);
    await once(server.sockets[0]!, 'close');
    expect(server.sockets[1]!.destroyed).toBe(false);
  });
});
