import fc from 'fast-check';
import { ReplyError } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { ProtocolError, ReplyParser } from '../../lib/connection/driver/reply-parser.js';

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
  it('are read, whatever they are and in whatever pieces they arrive', () => {
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

  it('that are missing are null, as bulk string and as array', () => {
    expect(read([Buffer.from('$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n')])).toEqual([null, null, [], Buffer.alloc(0)]);
  });

  it('that are long are copied once, however many pieces arrive', () => {
    const long = Buffer.alloc(5_000_000, 'x');
    const bytes = encode([long]);
    const pieces = Array.from({ length: 6000 }, (_, n) => bytes.subarray(n * 1000, (n + 1) * 1000));
    const concat = vi.spyOn(Buffer, 'concat').mockClear();
    const [list] = read(pieces) as [[Buffer]];
    expect(concat.mock.calls.length).toBeLessThan(5);
    expect(list[0].equals(long)).toBe(true);
  });

  it('for another reader are passed on unchanged, in order', () => {
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

  it('that are integers may have a sign', () => {
    expect(read([Buffer.from(':+5\r\n:-0\r\n:-7\r\n*+1\r\n:+0\r\n')])).toEqual([5, 0, -7, [0]]);
  });

  it('may be nested as deeply as a script can nest them', () => {
    let reply = read([Buffer.from(`${'*1\r\n'.repeat(9_000)}:1\r\n`)])[0];
    for (let depth = 0; depth < 9_000; depth++) [reply] = reply as [unknown];
    expect(reply).toBe(1);
  });

  it('that are refusals are reported, whoever gets them', () => {
    const refused = vi.fn();
    const parser = new ReplyParser({ takes: () => false, take: unexpected, pass: () => undefined, refused });
    parser.read(Buffer.from('-ERR one\r\n*1\r\n-ERR inside\r\n-ERR tw'));
    parser.read(Buffer.from('o\r\n'));
    expect(refused.mock.calls).toEqual([['ERR one'], ['ERR two']]);
  });
});

describe('invalid bytes', () => {
  const endless = Array.from({ length: 1100 }, () => Buffer.alloc(1024, 'x'));
  it.each<[string, (string | Buffer)[]]>([
    ['of an unknown type', ['@what\r\n']],
    ['of a type of RESP3', ['%1\r\n']],
    ['an integer with a fraction', [':1.5\r\n']],
    ['an integer in hexadecimal', [':0x10\r\n']],
    ['an integer without digits', [':\r\n']],
    ['an integer of a sign alone', [':-\r\n']],
    ['an integer with two signs', [':+-1\r\n']],
    ['an integer of too many digits', [':99999999999999999999\r\n']],
    ['digits without an end', [':9999999999', '9999999999', '9']],
    ['an integer whose line ends in CR alone', [':1\r:2\r\n']],
    ['a string whose line ends in CR alone', ['+OK\r+OK\r\n']],
    ['a string that is longer than was said', ['$1\r\nab\r\n']],
    ['a string of less than nothing', ['$-2\r\n']],
    ['a string of more than Redis can have', ['$4294967296\r\n']],
    ['a string whose length is a word', ['$one\r\na\r\n']],
    ['an array of less than nothing', ['*-2\r\n']],
    ['an array of more than there can be', ['*4294967296\r\n']],
    ['an array of 2^63', ['*9223372036854775807\r\n']],
    ['arrays of more than there can be together', ['*32000000\r\n'.repeat(60)]],
    ['arrays in arrays without an end', ['*1\r\n'.repeat(100_000)]],
    ['the same in pieces', Array<string>(20_000).fill('*1\r\n')],
    ['a line without an end', ['+', ...endless]],
    ['an error without an end', ['-ERR ', ...endless]],
    ['a line without an end in one piece', [Buffer.concat([Buffer.from('+'), ...endless])]],
    ['a line without an end inside an array', ['*1\r\n+', ...endless]],
  ])('is an error: %s', (_, pieces) => {
    for (const takes of [true, false]) {
      const parser = new ReplyParser({ takes: () => takes, take: () => undefined, pass: () => undefined });
      expect(() => {
        for (const piece of pieces) parser.read(Buffer.from(piece));
      }).toThrow(ProtocolError);
    }
  });

  it('cost no more memory than has arrived, whatever is announced', () => {
    const before = process.memoryUsage().heapUsed;
    expect(read([Buffer.from('*32000000\r\n*32000000\r\n*32000000\r\n')])).toEqual([]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
  });

  it('in a line that arrives byte by byte cost no more than the line', () => {
    const parser = new ReplyParser({ takes: () => true, take: () => undefined, pass: unexpected });
    const concat = vi.spyOn(Buffer, 'concat').mockClear();
    parser.read(Buffer.from('+'));
    for (let n = 0; n < 100_000; n++) parser.read(Buffer.from('x'));
    expect(concat.mock.calls.length).toBeLessThan(10);
  });

  it('never cause anything else, whatever they are', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(...'+ - : $ * \r \n \r\n 0 1 -1 +3 9999999999 -2 1.5 *2\r\n $3\r\nabc\r\n :1\r\n'.split(' ')),
      fc.constantFrom('\r\n', '*1\r\n', '$-1\r\n', '*-1\r\n', '*0\r\n', '$0\r\n\r\n', '-ERR no\r\n'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), cuts, fc.boolean(), (pieces, places, takes) => {
        const bytes = Buffer.concat(pieces.map((each) => Buffer.from(each)));
        const passed: Buffer[] = [];
        const parser = new ReplyParser({
          takes: () => takes,
          take: () => undefined,
          pass: (part) => passed.push(part),
        });
        try {
          for (const part of split(bytes, places)) parser.read(part);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
        }
        expect(bytes.subarray(0, Buffer.concat(passed).length)).toEqual(Buffer.concat(passed));
      }),
      { numRuns: 1000 },
    );
  });
});
