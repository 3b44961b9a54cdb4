import fc from 'fast-check';
import { ReplyError } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { ReplyParser } from '../../lib/connection/reply-parser.js';

type Reply = Buffer | number | null | Error | Reply[];

const line = fc
  .uint8Array({ maxLength: 20 })
  .map((data) => Buffer.from(data.filter((byte) => byte !== 10 && byte !== 13)));
const error = line.map((bytes) => new ReplyError(`ERR ${bytes.toString('latin1')}`));
const bulk = fc.uint8Array({ maxLength: 40 }).map((data) => Buffer.from(data));
const { reply } = fc.letrec<{ reply: Reply; list: Reply[] }>((tie) => ({
  reply: fc.oneof({ depthSize: 'small' }, bulk, fc.maxSafeInteger(), fc.constant(null), tie('list')),
  list: fc.array(fc.oneof(tie('reply'), error), { maxLength: 4 }),
}));

function encode(value: Reply): Buffer {
  if (value === null) return Buffer.from('$-1\r\n');
  if (typeof value === 'number') return Buffer.from(`:${value}\r\n`);
  if (value instanceof Error) return Buffer.from(`-${value.message}\r\n`);
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from(`$${value.length}\r\n`), value, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${value.length}\r\n`), ...value.map(encode)]);
}

const encodeAll = (values: readonly Reply[]): Buffer => Buffer.concat(values.map(encode));

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

const replies = fc.array(fc.oneof({ arbitrary: reply, weight: 5 }, error), { maxLength: 8 });
const unexpected = (bytes: Buffer): never => expect.unreachable(`passed on: ${bytes.toString('latin1')}`);
const cuts = fc.array(fc.nat(), { maxLength: 12 });

function read(pieces: readonly Buffer[]): unknown[] {
  const taken: unknown[] = [];
  const parser = new ReplyParser({ takes: () => true, take: (value) => taken.push(value), pass: unexpected });
  for (const piece of pieces) parser.read(piece);
  return taken;
}

describe('replies', () => {
  it('are read whatever they are and in whatever pieces they come', () => {
    fc.assert(
      fc.property(replies, cuts, (sent, places) => {
        expect(read(split(encodeAll(sent), places))).toEqual(sent);
      }),
    );
  });

  it('are read byte by byte', () => {
    fc.assert(
      fc.property(replies, (sent) => {
        expect(read([...encodeAll(sent)].map((byte) => Buffer.of(byte)))).toEqual(sent);
      }),
    );
  });

  it('of which there is none are null, as bulk string and as array', () => {
    expect(read([Buffer.from('$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n')])).toEqual([null, null, [], Buffer.alloc(0)]);
  });

  it('that are long are put together once, however many pieces they come in', () => {
    const long = Buffer.alloc(5_000_000, 'x');
    const bytes = encode([long]);
    const pieces = Array.from({ length: 6000 }, (_, n) => bytes.subarray(n * 1000, (n + 1) * 1000));
    const concat = vi.spyOn(Buffer, 'concat');
    const [list] = read(pieces) as [[Buffer]];
    expect(concat.mock.calls.length).toBeLessThan(5);
    expect(list[0].equals(long)).toBe(true);
  });

  it('that are not for this reader are passed on as they came, in their order', () => {
    fc.assert(
      fc.property(replies, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), cuts, (sent, ours, places) => {
        const taken: unknown[] = [];
        const add = (value: unknown): unknown => taken.push(value);
        const passedOn: number[] = [];
        const driver = new ReplyParser({
          takes: () => true,
          take: (value) => {
            passedOn.push(taken.length);
            add(value);
          },
          pass: unexpected,
        });
        const isForDriver = (index: number): boolean => !ours[index] || sent[index] instanceof Error;
        const reader = new ReplyParser({
          takes: (isError) => ours[taken.length]! && !isError,
          take: add,
          pass: (bytes) => driver.read(bytes),
        });
        for (const piece of split(encodeAll(sent), places)) reader.read(piece);
        expect(taken).toEqual(sent);
        expect(passedOn).toEqual([...sent.keys()].filter(isForDriver));
      }),
    );
  });

  it('after something that is none are passed on, for the driver to complain of', () => {
    const passed: Buffer[] = [];
    const taken: unknown[] = [];
    const reader = new ReplyParser({
      takes: () => true,
      take: (value) => taken.push(value),
      pass: (bytes) => passed.push(bytes),
    });
    reader.read(Buffer.from(':1\r\n@what\r'));
    reader.read(Buffer.from('\n:2\r\n'));
    expect(taken).toEqual([1]);
    expect(Buffer.concat(passed).toString()).toBe('@what\r\n:2\r\n');
  });
});
