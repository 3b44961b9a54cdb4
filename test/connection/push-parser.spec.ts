import { ReplyError } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { PushParser } from '../../lib/connection/driver/push-parser.js';
import { ProtocolError } from '../../lib/connection/driver/reply-parser.js';

/** The replies in order, and which of them were pushed. */
function read(pieces: readonly Buffer[]): [reply: unknown, isPush: boolean][] {
  const taken: [unknown, boolean][] = [];
  const parser: PushParser = new PushParser({
    takes: () => {
      parser.isPush = false;
      return true;
    },
    take: (reply) => taken.push([reply, parser.isPush]),
    pass: (bytes) => expect.unreachable(`passed on: ${bytes.toString('latin1')}`),
  });
  for (const piece of pieces) parser.read(piece);
  return taken;
}

const text = (words: string): Buffer => Buffer.from(words);

describe('replies of RESP3', () => {
  const replies: [bytes: string, reply: unknown, isPush?: boolean][] = [
    ['_\r\n', null],
    ['#t\r\n', text('t')],
    [',1.5\r\n', text('1.5')],
    ['(349\r\n', text('349')],
    ['=8\r\ntxt:some\r\n', text('some')],
    ['!9\r\nERR wrong\r\n', new ReplyError('ERR wrong')],
    ['%2\r\n+a\r\n:1\r\n+b\r\n%1\r\n+c\r\n_\r\n', [text('a'), 1, text('b'), [text('c'), null]]],
    ['%0\r\n', []],
    ['~2\r\n:1\r\n:2\r\n', [1, 2]],
    [
      '>2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\nk\r\n$2\r\n\r\n\r\n',
      [text('invalidate'), [text('k'), text('\r\n')]],
      true,
    ],
    ['>2\r\n$10\r\ninvalidate\r\n_\r\n', [text('invalidate'), null], true],
    ['+OK\r\n', text('OK')],
    ['*2\r\n:1\r\n$-1\r\n', [1, null]],
    ['-NOPERM no\r\n', new ReplyError('NOPERM no')],
  ];
  const expected = replies.map(([, reply, isPush = false]) => [reply, isPush]);
  const bytes = text(replies.map(([sent]) => sent).join(''));

  it('are read, whatever they are', () => {
    expect(read([bytes])).toEqual(expected);
  });

  it('are read byte by byte', () => {
    expect(read([...bytes].map((byte) => Buffer.of(byte)))).toEqual(expected);
  });

  it.each(['|1\r\n+a\r\n:1\r\n:2\r\n', 'x\r\n', '>2\r\n+a\r\n$1x'])('end where they are none: %j', (sent) => {
    expect(() => read([text(sent)])).toThrow(ProtocolError);
  });
});
