import { Writable } from 'node:stream';
import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { WriteBatch } from '../../lib/connection/write-batch.js';

/** A connection that keeps what was written together, and on which replies come when they are told to. */
function connection() {
  const writes: string[][] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      writes.push([chunk]);
      done();
    },
    writev: (chunks, done) => {
      writes.push(chunks.map(({ chunk }) => chunk as string));
      done();
    },
  });
  const commandQueue = { length: 0 };
  const batch = new WriteBatch({ stream, commandQueue } as unknown as Redis);
  const send = (text: string): void => {
    batch.add();
    stream.write(text);
    commandQueue.length++;
  };
  return { writes, send, stream, answerAll: () => (commandQueue.length = 0), tick: () => new Promise(setImmediate) };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

describe('a connection', () => {
  it('writes a lone call at once', async () => {
    const { writes, send, answerAll, tick } = connection();
    for (const name of ['a', 'b', 'c']) {
      send(name);
      expect(writes.at(-1)).toEqual([name]);
      answerAll();
      await tick();
    }
    expect(writes).toHaveLength(3);
  });

  it('writes together what a tick brings, where something is under way', async () => {
    const { writes, send, tick } = connection();
    send('first');
    await tick();
    for (const name of ['a', 'b', 'c']) await Promise.resolve().then(() => send(name));
    expect(writes).toEqual([['first']]);
    await tick();
    expect(writes).toEqual([['first'], ['a', 'b', 'c']]);
  });

  it('writes together also where all were answered at once, as long as there were several', async () => {
    const { writes, send, answerAll, tick } = connection();
    for (const name of ['a', 'b', 'c']) send(name);
    await tick();
    answerAll();
    for (const name of ['d', 'e', 'f']) send(name);
    await tick();
    expect(writes).toEqual([['a'], ['b', 'c'], ['d', 'e', 'f']]);
    answerAll();
    send('g');
    await tick();
    answerAll();
    send('h');
    expect(writes.at(-1)).toEqual(['h']);
  });

  it('does not keep the server waiting for the last of many', async () => {
    const { writes, send, tick } = connection();
    for (const name of names(100)) send(name);
    const begun = writes.flat();
    expect(begun.length).toBeGreaterThanOrEqual(90);
    await tick();
    expect(writes.flat()).toEqual(names(100));
    expect(writes.length).toBeLessThan(6);
  });

  it('may break in the middle', async () => {
    const { send, stream, tick } = connection();
    stream.on('error', () => undefined);
    send('a');
    send('b');
    stream.destroy(new Error('cut'));
    await tick();
    expect(() => send('c')).not.toThrow();
    await tick();
  });
});
