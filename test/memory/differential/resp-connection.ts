import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { type Reply, ReplyError } from '../../../lib/embedded/index.js';

type Pending = { resolve: (reply: Reply) => void; reject: (error: Error) => void };

/**
 * A connection that returns RESP2 replies unchanged: client libraries convert some of them. Replies arrive in the order
 * of the calls; a message of a subscribed channel counts as a reply, too.
 */
export class RespConnection {
  private unread = Buffer.alloc(0);
  private readonly pending: Pending[] = [];

  static async open(port: number, host = '127.0.0.1'): Promise<RespConnection> {
    const socket = connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    return new RespConnection(socket);
  }

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.unread = Buffer.concat([this.unread, chunk]);
      this.readAll();
    });
    socket.on('close', () => {
      for (const { reject } of this.pending.splice(0)) reject(new Error('the connection was closed'));
    });
  }

  call(name: string, args: readonly (string | Buffer | number)[] = []): Promise<Reply> {
    if (this.socket.destroyed) return Promise.reject(new Error('the connection was closed'));
    const words = [name, ...args].map((word) => (typeof word === 'number' ? String(word) : word));
    const parts = words.flatMap((word) => {
      const bytes = Buffer.from(word as string);
      return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')];
    });
    this.socket.write(Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]));
    return new Promise((resolve, reject) => this.pending.push({ resolve, reject }));
  }

  close(): void {
    this.socket.destroy();
  }

  private readAll(): void {
    for (;;) {
      const found = parse(this.unread, 0);
      if (!found) return;
      this.unread = this.unread.subarray(found.end);
      this.pending.shift()?.resolve(found.reply);
    }
  }
}

interface Parsed {
  readonly reply: Reply;
  readonly end: number;
}

/** The reply that begins at `start`, if it is complete. */
function parse(data: Buffer, start: number): Parsed | undefined {
  const lineEnd = data.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const line = data.toString('latin1', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(data[start] ?? 0)) {
    case '+':
      return { reply: Buffer.from(line, 'latin1'), end };
    case '-':
      return { reply: new ReplyError(line), end };
    case ':':
      return { reply: Number(line), end };
    case '$':
      return parseBulk(data, Number(line), end);
    case '*':
      return parseArray(data, Number(line), end);
  }
  throw new Error(`no RESP2: ${line}`);
}

function parseBulk(data: Buffer, length: number, start: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start };
  const end = start + length + 2;
  return data.length < end ? undefined : { reply: Buffer.from(data.subarray(start, end - 2)), end };
}

function parseArray(data: Buffer, length: number, start: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start };
  const elements: Reply[] = [];
  let end = start;
  for (let index = 0; index < length; index++) {
    const element = parse(data, end);
    if (!element) return undefined;
    elements.push(element.reply);
    end = element.end;
  }
  return { reply: elements, end };
}
