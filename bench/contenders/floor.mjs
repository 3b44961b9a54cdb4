import { once } from 'node:events';
import { connect } from 'node:net';

const CARRIAGE_RETURN = 13;
const BULK = 36;
const NULL_BULK = -1;

/** The number on the line that begins here, and where the next line begins. */
function numberAt(bytes, start) {
  let at = start;
  const isNegative = bytes[at] === 45;
  if (isNegative) at++;
  let number = 0;
  for (; bytes[at] !== CARRIAGE_RETURN; at++) number = number * 10 + bytes[at] - 48;
  return { number: isNegative ? -number : number, next: at + 2 };
}

/**
 * The least that a Node.js process can do: a bare socket, JSON, one write per turn of the event loop, and one promise
 * per call. It is not a client: it reads no errors, keeps no deadlines, does not reconnect, and knows only "+OK" and
 * bulk strings of the protocol. Keys and values are ASCII.
 */
export async function floor(url) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  const waiting = [];
  let first = 0;
  let outgoing = '';
  let rest;

  const settle = (value) => {
    waiting[first++](value);
    if (first === waiting.length) first = waiting.length = 0;
  };

  /** Where the next reply begins; -1 if this one is incomplete. */
  const read = (bytes, start) => {
    const lineEnd = bytes.indexOf(CARRIAGE_RETURN, start);
    if (lineEnd === -1 || lineEnd + 2 > bytes.length) return -1;
    if (bytes[start] !== BULK) {
      settle(undefined);
      return lineEnd + 2;
    }
    const { number: length, next } = numberAt(bytes, start + 1);
    if (length === NULL_BULK) {
      settle(undefined);
      return next;
    }
    if (next + length + 2 > bytes.length) return -1;
    settle(JSON.parse(bytes.latin1Slice(next, next + length)));
    return next + length + 2;
  };

  socket.on('data', (chunk) => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    while (at < bytes.length) {
      const next = read(bytes, at);
      if (next === -1) break;
      at = next;
    }
    rest = at < bytes.length ? bytes.subarray(at) : undefined;
  });

  const flush = () => {
    socket.write(outgoing, 'latin1');
    outgoing = '';
  };

  const send = (text) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (outgoing === '') queueMicrotask(flush);
      outgoing += text;
    });

  return {
    set: (key, value) => {
      const text = JSON.stringify(value);
      return send(
        `*5\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${text.length}\r\n${text}\r\n$2\r\nPX\r\n$6\r\n300000\r\n`,
      );
    },
    get: (key) => send(`*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`),
  };
}
