import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../lib/errors/index.js';
import { MemoryEngine, ReplyError } from '../../lib/connection/memory/index.js';
import { run, text } from './text.js';

describe('a session of the embedded engine', () => {
  it('answers at once, with errors as replies', () => {
    const session = new MemoryEngine().connect();
    expect(session.call('SET', ['k', 'text'])).toEqual(Buffer.from('OK'));
    expect(session.call('incr', ['k'])).toEqual(new ReplyError('ERR value is not an integer or out of range'));
    expect(session.call('GET', ['missing'])).toBeNull();
    expect(session.call('MGET', ['k', 'missing'])).toEqual([Buffer.from('text'), null]);
  });

  it('takes strings as UTF-8, buffers as they are and numbers as decimal text', () => {
    const session = new MemoryEngine().connect();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    run(session, 'SET', [bytes, bytes]);
    run(session, 'SET', ['ключ', 'значение 🎉']);
    run(session, 'SET', ['n', 1.5]);
    expect(session.call('GET', [bytes])).toEqual(bytes);
    expect(session.call('GET', [Buffer.from('ключ')])).toEqual(Buffer.from('значение 🎉'));
    expect(text(session.call('GET', ['n']))).toBe('1.5');
  });

  it('shares no memory with its callers', () => {
    const session = new MemoryEngine().connect();
    const value = Buffer.from('before');
    run(session, 'SET', ['k', value]);
    value.write('after!');
    const reply = session.call('GET', ['k']) as Buffer;
    reply.fill('x');
    expect(text(session.call('GET', ['k']))).toBe('before');
  });

  it('has a database and a transaction of its own', () => {
    const engine = new MemoryEngine();
    const [a, b] = [engine.connect(), engine.connect()];
    run(a, 'SELECT', [1]);
    run(a, 'MULTI');
    expect(text(a.call('SET', ['k', 'one']))).toBe('QUEUED');
    run(b, 'SET', ['k', 'zero']);
    expect(text(a.call('EXEC'))).toEqual(['OK']);
    expect(text(b.call('GET', ['k']))).toBe('zero');
    expect(text(a.call('GET', ['k']))).toBe('one');
  });

  it('fails a transaction when a watched key changes, be it by expiry', () => {
    let now = 1000;
    const engine = new MemoryEngine({ clock: () => now });
    const [a, b] = [engine.connect(), engine.connect()];
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
    const session = new MemoryEngine().connect();
    session.close();
    session.close();
    expect(() => session.call('PING')).toThrow(ConnectionError);
  });
});

describe('MemoryEngine.named', () => {
  it('is one engine for a name until its last session is closed', () => {
    const name = `sessions-${process.pid}`;
    const [a, b] = [MemoryEngine.named(name).connect(), MemoryEngine.named(name).connect()];
    run(a, 'SET', ['k', 'v']);
    expect(text(b.call('GET', ['k']))).toBe('v');
    expect(text(MemoryEngine.named(`${name}-other`).connect().call('GET', ['k']))).toBeNull();
    a.close();
    expect(text(MemoryEngine.named(name).connect().call('GET', ['k']))).toBe('v');
    b.close();
  });

  it('forgets the data with the last session', () => {
    const name = `sessions-forgotten-${process.pid}`;
    const session = MemoryEngine.named(name).connect();
    run(session, 'SET', ['k', 'v']);
    session.close();
    expect(text(MemoryEngine.named(name).connect().call('GET', ['k']))).toBeNull();
  });
});
