import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../lib/errors/index.js';
import { MemoryServer, ReplyError } from '../../lib/embedded/index.js';
import { run, text } from './text.js';

describe('a session of the embedded engine', () => {
  it('answers at once, with errors as replies', () => {
    const session = new MemoryServer().connect();
    expect(session.call('SET', ['k', 'text'])).toEqual(Buffer.from('OK'));
    expect(session.call('incr', ['k'])).toEqual(new ReplyError('ERR value is not an integer or out of range'));
    expect(session.call('GET', ['missing'])).toBeNull();
    expect(session.call('MGET', ['k', 'missing'])).toEqual([Buffer.from('text'), null]);
  });

  it('treats strings as UTF-8, buffers as bytes and numbers as decimal text', () => {
    const session = new MemoryServer().connect();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    run(session, 'SET', [bytes, bytes]);
    run(session, 'SET', ['ключ', 'значение 🎉']);
    run(session, 'SET', ['n', 1.5]);
    expect(session.call('GET', [bytes])).toEqual(bytes);
    expect(session.call('GET', [Buffer.from('ключ')])).toEqual(Buffer.from('значение 🎉'));
    expect(text(session.call('GET', ['n']))).toBe('1.5');
  });

  it('shares no memory with its callers', () => {
    const session = new MemoryServer().connect();
    const value = Buffer.from('before');
    run(session, 'SET', ['k', value]);
    value.write('after!');
    const reply = session.call('GET', ['k']) as Buffer;
    reply.fill('x');
    expect(text(session.call('GET', ['k']))).toBe('before');
  });

  it('has a database and a transaction of its own', () => {
    const server = new MemoryServer();
    const [a, b] = [server.connect(), server.connect()];
    run(a, 'SELECT', [1]);
    run(a, 'MULTI');
    expect(text(a.call('SET', ['k', 'one']))).toBe('QUEUED');
    run(b, 'SET', ['k', 'zero']);
    expect(text(a.call('EXEC'))).toEqual(['OK']);
    expect(text(b.call('GET', ['k']))).toBe('zero');
    expect(text(a.call('GET', ['k']))).toBe('one');
  });

  it('fails a transaction when a watched key changes, even by expiry', () => {
    let now = 1000;
    const server = new MemoryServer({ clock: () => now });
    const [a, b] = [server.connect(), server.connect()];
    const attempt = (change: () => unknown) => {
      run(a, 'SET', ['k', 'v', 'PX', 100]);
      run(a, 'WATCH', ['k']);
      change();
      run(a, 'MULTI');
      run(a, 'PING');
      return text(a.call('EXEC'));
    };
    expect(attempt(() => {})).toEqual(['PONG']);
    expect(attempt(() => run(b, 'APPEND', ['k', 'w']))).toBeNull();
    expect(attempt(() => run(b, 'FLUSHALL'))).toBeNull();
    expect(attempt(() => (now += 101))).toBeNull();
    expect(attempt(() => run(b, 'SET', ['other', 'w']))).toEqual(['PONG']);
  });

  it('is refused once it is closed', () => {
    const session = new MemoryServer().connect();
    session.close();
    session.close();
    expect(() => session.call('PING')).toThrow(ConnectionError);
  });
});

describe('the embedded engine about itself', () => {
  it('answers clients and health checks', async () => {
    const session = new MemoryServer({ maxBytes: 1_000_000, policy: 'lfu' }).connect();
    run(session, 'SET', ['k', 'v', 'EX', 100]);
    const info = run(session, 'INFO') as string;
    for (const line of ['redis_version:8.6.0', 'role:master', 'maxmemory:1000000', 'db0:keys=1,expires=1,avg_ttl=0']) {
      expect(info.split('\r\n')).toContain(line);
    }
    expect(run(session, 'INFO', ['replication'])).not.toContain('redis_version');
    const script = 'return {redis.REDIS_VERSION, redis.REDIS_VERSION_NUM}';
    expect(text(await session.call('EVAL', [script, 0]))).toEqual(['8.6.0', 0x080600]);
    expect(run(session, 'CONFIG', ['GET', 'maxmemory*'])).toEqual([
      'maxmemory',
      '1000000',
      'maxmemory-policy',
      'allkeys-lfu',
    ]);
    expect(run(session, 'WAIT', [0, 0])).toBe(0);
    expect(run(session, 'ROLE')).toEqual(['master', 0, []]);
    expect(run(session, 'MEMORY', ['USAGE', 'k'])).toBeGreaterThan(50);
    expect(run(session, 'MEMORY', ['USAGE', 'missing'])).toBeNull();
    expect(run(session, 'CLIENT', ['SETNAME', 'me'])).toBe('OK');
    expect(run(session, 'CLIENT', ['GETNAME'])).toBe('me');
    expect(run(session, 'CLIENT', ['INFO'])).toContain('name=me');
    expect(run(session, 'COMMAND', ['LIST'])).toEqual(expect.arrayContaining(['get', 'xreadgroup']));
  });

  it('moves values between engines by DUMP and RESTORE, with groups and scores', () => {
    const [from, to] = [new MemoryServer().connect(), new MemoryServer().connect()];
    run(from, 'SET', ['string', Buffer.from([0, 255])]);
    run(from, 'HSET', ['hash', 'f', 'v']);
    run(from, 'RPUSH', ['list', 'a', 'b']);
    run(from, 'SADD', ['set', 'a']);
    run(from, 'ZADD', ['zset', 1.5, 'a', Infinity, 'b']);
    run(from, 'XADD', ['stream', '1-1', 'f', 'v']);
    run(from, 'XGROUP', ['CREATE', 'stream', 'g', 0]);
    run(from, 'XREADGROUP', ['GROUP', 'g', 'c', 'STREAMS', 'stream', '>']);
    const looks: [string, (string | number)[]][] = [
      ['GET', ['string']],
      ['HGETALL', ['hash']],
      ['LRANGE', ['list', 0, -1]],
      ['SMEMBERS', ['set']],
      ['ZRANGE', ['zset', 0, -1, 'WITHSCORES']],
      ['XRANGE', ['stream', '-', '+']],
      ['XPENDING', ['stream', 'g']],
    ];
    for (const [, [key = '']] of looks.slice(0, -1)) {
      const payload = from.call('DUMP', [key]) as Buffer;
      expect(run(to, 'RESTORE', [key, 0, payload])).toBe('OK');
      expect(run(to, 'RESTORE', [key, 0, payload])).toEqual({ error: 'BUSYKEY Target key name already exists.' });
      expect(run(to, 'RESTORE', [key, 60_000, payload, 'REPLACE'])).toBe('OK');
      expect(run(to, 'PTTL', [key])).toBeGreaterThan(50_000);
      payload[0]! ^= 1;
      expect(run(to, 'RESTORE', ['broken', 0, payload])).toEqual({
        error: 'ERR DUMP payload version or checksum are wrong',
      });
    }
    for (const [name, args] of looks) expect(run(to, name, args)).toEqual(run(from, name, args));
  });
});

describe('MemoryServer.named', () => {
  it('is one engine for a name until its last session is closed', () => {
    const name = `sessions-${process.pid}`;
    const [a, b] = [MemoryServer.named(name).connect(), MemoryServer.named(name).connect()];
    run(a, 'SET', ['k', 'v']);
    expect(text(b.call('GET', ['k']))).toBe('v');
    expect(text(MemoryServer.named(`${name}-other`).connect().call('GET', ['k']))).toBeNull();
    a.close();
    expect(text(MemoryServer.named(name).connect().call('GET', ['k']))).toBe('v');
    b.close();
  });

  it('forgets the data with the last session', () => {
    const name = `sessions-forgotten-${process.pid}`;
    const session = MemoryServer.named(name).connect();
    run(session, 'SET', ['k', 'v']);
    session.close();
    expect(text(MemoryServer.named(name).connect().call('GET', ['k']))).toBeNull();
  });
});
