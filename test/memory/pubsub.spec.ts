import { describe, expect, it } from 'vitest';
import { MemoryServer, type MemorySession } from '../../lib/embedded/index.js';
import { run, text } from './text.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function listen(session: MemorySession): string[] {
  const received: string[] = [];
  session.onMessage = (channel, message, pattern) => {
    received.push([pattern ?? [], channel, message].flat().join(' '));
  };
  return received;
}

describe('pub/sub of the embedded engine', () => {
  it('delivers messages of channels and patterns', async () => {
    const server = new MemoryServer();
    const [a, b, publisher] = [server.connect(), server.connect(), server.connect()];
    const [ofA, ofB] = [listen(a), listen(b)];
    expect(text(a.call('SUBSCRIBE', ['news', 'sport']))).toEqual([
      ['subscribe', 'news', 1],
      ['subscribe', 'sport', 2],
    ]);
    expect(text(b.call('PSUBSCRIBE', ['n*', 'ne?s']))).toEqual([
      ['psubscribe', 'n*', 1],
      ['psubscribe', 'ne?s', 2],
    ]);
    expect(publisher.call('PUBLISH', ['news', 'hello'])).toBe(3);
    expect(publisher.call('PUBLISH', ['other', 'hello'])).toBe(0);
    expect(text(publisher.call('PUBSUB', ['CHANNELS']))).toEqual(['news', 'sport']);
    expect(text(publisher.call('PUBSUB', ['NUMSUB', 'news', 'x']))).toEqual(['news', 1, 'x', 0]);
    expect(publisher.call('PUBSUB', ['NUMPAT'])).toBe(2);
    await turn();
    expect(ofA).toEqual(['news hello']);
    expect(ofB).toEqual(['n* news hello', 'ne?s news hello']);
  });

  it('keeps shard channels apart', async () => {
    const server = new MemoryServer();
    const [subscriber, publisher] = [server.connect(), server.connect()];
    const received = listen(subscriber);
    expect(text(subscriber.call('SSUBSCRIBE', ['news', 'sport']))).toEqual([
      ['ssubscribe', 'news', 1],
      ['ssubscribe', 'sport', 2],
    ]);
    expect(text(subscriber.call('GET', ['k']))).toMatchObject({
      error: expect.stringContaining("Can't execute 'get'"),
    });
    expect(publisher.call('PUBLISH', ['news', 'not here'])).toBe(0);
    expect(publisher.call('SPUBLISH', ['news', 'hello'])).toBe(1);
    expect(text(publisher.call('PUBSUB', ['CHANNELS']))).toEqual([]);
    expect(text(publisher.call('PUBSUB', ['SHARDCHANNELS', 'n*']))).toEqual(['news']);
    expect(text(publisher.call('PUBSUB', ['SHARDNUMSUB', 'news', 'x']))).toEqual(['news', 1, 'x', 0]);
    await turn();
    expect(received).toEqual(['news hello']);
    expect(text(subscriber.call('SUNSUBSCRIBE'))).toEqual([
      ['sunsubscribe', 'news', 1],
      ['sunsubscribe', 'sport', 0],
    ]);
    expect(subscriber.call('GET', ['k'])).toBeNull();
  });

  it('delivers after the command that published, so that listeners see its effect', async () => {
    const server = new MemoryServer();
    const [subscriber, writer, reader] = [server.connect(), server.connect(), server.connect()];
    const seen: unknown[] = [];
    subscriber.onMessage = () => seen.push(text(reader.call('GET', ['k'])));
    run(subscriber, 'SUBSCRIBE', ['c']);
    await writer.call('EVAL', ["redis.call('PUBLISH', 'c', 'm') redis.call('SET', 'k', 'written')", 0]);
    await turn();
    expect(seen).toEqual(['written']);
  });

  it('ends with the subscription and with the session', async () => {
    const server = new MemoryServer();
    const [a, publisher] = [server.connect(), server.connect()];
    const received = listen(a);
    run(a, 'SUBSCRIBE', ['c']);
    expect(text(a.call('GET', ['k']))).toEqual({
      error:
        "ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
    });
    expect(text(a.call('UNSUBSCRIBE'))).toEqual([['unsubscribe', 'c', 0]]);
    expect(text(a.call('UNSUBSCRIBE'))).toEqual([['unsubscribe', null, 0]]);
    expect(a.call('GET', ['k'])).toBeNull();
    expect(publisher.call('PUBLISH', ['c', 'm'])).toBe(0);
    run(a, 'PSUBSCRIBE', ['*']);
    run(publisher, 'PUBLISH', ['c', 'm']);
    a.close();
    expect(publisher.call('PUBLISH', ['c', 'm'])).toBe(0);
    await turn();
    expect(received).toEqual([]);
  });
});
