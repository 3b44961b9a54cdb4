import { Writable } from 'node:stream';
import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import type { WireArgument } from '../../lib/wire/connection-pool.js';
import { DriverCommand } from '../../lib/connection/driver/driver-command.js';
import { WriteBatch } from '../../lib/connection/driver/write-batch.js';

/** A connection that records its writes, and receives replies on demand. */
function connection() {
  const writes: string[] = [];
  const streamed = (): Writable =>
    new Writable({
      decodeStrings: false,
      write: (chunk: string | Buffer, _encoding, done) => {
        writes.push(String(chunk));
        done();
      },
    });
  const redis = { stream: streamed(), commandQueue: { length: 0 } };
  const batch = new WriteBatch(redis as unknown as Redis);
  const send = (...args: WireArgument[]): void => {
    batch.add();
    redis.stream.write(new DriverCommand('get', args).toWritable(redis.stream));
    redis.commandQueue.length++;
  };
  const reconnect = (): void => void Object.assign(redis, { stream: streamed(), commandQueue: { length: 0 } });
  const answerAll = (): number => (redis.commandQueue.length = 0);
  return { writes, send, redis, batch, reconnect, answerAll, tick: () => new Promise(setImmediate) };
}

/** The wire bytes of commands with one argument. */
const wire = (...texts: string[]): string =>
  texts.map((text) => `*2\r\n$3\r\nget\r\n$${Buffer.byteLength(text)}\r\n${text}\r\n`).join('');
const count = (written: string): number => written.split('*').length - 1;

describe('a connection', () => {
  it('writes a lone call at once', async () => {
    const { writes, send, answerAll, tick } = connection();
    for (const name of ['a', 'b', 'c']) {
      send(name);
      expect(writes.at(-1)).toBe(wire(name));
      answerAll();
      await tick();
    }
    expect(writes).toHaveLength(3);
  });

  it('writes simultaneous calls together if something is under way', async () => {
    const { writes, send, tick } = connection();
    send('first');
    await tick();
    for (const name of ['a', 'b', 'ü']) await Promise.resolve().then(() => send(name));
    expect(writes).toEqual([wire('first')]);
    await tick();
    expect(writes).toEqual([wire('first'), wire('a', 'b', 'ü')]);
  });

  it('writes calls of several events of a turn together', async () => {
    const { writes, send, tick } = connection();
    send('first');
    for (const name of ['a', 'b']) await new Promise<void>((resolve) => process.nextTick(() => resolve(send(name))));
    expect(writes).toEqual([wire('first')]);
    await tick();
    expect(writes).toEqual([wire('first'), wire('a', 'b')]);
  });

  it('also writes together if all were answered at once, as long as there were several', async () => {
    const { writes, send, answerAll, tick } = connection();
    for (const name of ['a', 'b', 'c']) send(name);
    await tick();
    answerAll();
    for (const name of ['d', 'e', 'f']) send(name);
    await tick();
    expect(writes).toEqual([wire('a'), wire('b', 'c'), wire('d', 'e', 'f')]);
    answerAll();
    send('g');
    await tick();
    answerAll();
    send('h');
    expect(writes.at(-1)).toEqual(wire('h'));
  });

  it('does not keep the server waiting for the last of many', async () => {
    const { writes, send, tick } = connection();
    const names = Array.from({ length: 100 }, (_, n) => String(n));
    for (const name of names) send(name);
    expect(count(writes.join(''))).toBeGreaterThanOrEqual(90);
    await tick();
    expect(writes.join('')).toBe(wire(...names));
    expect(writes.length).toBeLessThan(6);
  });

  it('does not collect more than some bytes', async () => {
    const { writes, send, tick } = connection();
    send('first');
    const large = 'x'.repeat(50_000);
    for (let n = 0; n < 3; n++) send(large);
    expect(writes).toEqual([wire('first'), wire(large, large)]);
    await tick();
    expect(writes.join('')).toBe(wire('first', large, large, large));
  });

  it('keeps the writes of others in order', async () => {
    const { writes, send, redis, tick } = connection();
    send('first');
    send('a');
    redis.stream.write('raw');
    redis.stream.write(Buffer.from('bytes'));
    send('b');
    await tick();
    redis.stream.write('alone');
    expect(writes).toEqual([wire('first'), `${wire('a')}rawbytes${wire('b')}`, 'alone']);
  });

  it('does not overwrite bytes that the stream still holds', async () => {
    const { writes, send, redis, tick } = connection();
    send('first');
    redis.stream.cork();
    for (const name of ['a', 'b', 'c']) {
      send(Buffer.from(name));
      send(Buffer.from(name.toUpperCase()));
      await tick();
    }
    redis.stream.uncork();
    expect(writes.join('')).toBe(wire('first', 'a', 'A', 'b', 'B', 'c', 'C'));
  });

  it('can be held, so that a batch leaves with flush()', async () => {
    const { writes, send, batch, tick } = connection();
    send('first');
    batch.hold();
    send('a');
    send('b');
    expect(writes).toHaveLength(1);
    batch.flush();
    expect(writes[1]).toBe(wire('a', 'b'));
    await tick();
    expect(writes).toHaveLength(2);
  });

  it('can break in the middle, and the rest is not written to the next connection', async () => {
    const { writes, send, redis, reconnect, tick } = connection();
    redis.stream.on('error', () => undefined);
    send('a');
    send('b');
    redis.stream.destroy(new Error('cut'));
    send('c');
    await tick();
    reconnect();
    send('d');
    await tick();
    expect(writes).toEqual([wire('a'), wire('d')]);
  });

  it('can be replaced within a tick', async () => {
    const { writes, send, reconnect, tick } = connection();
    send('a');
    send('b');
    reconnect();
    send('c');
    await tick();
    expect(writes).toEqual([wire('a'), wire('c')]);
  });
});
