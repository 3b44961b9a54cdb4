import { EventEmitter } from 'node:events';
import { type MemoryServer, type MemorySession, type Reply, ReplyError } from '../../../../lib/embedded/index.js';
import { network } from './network.js';
import { showBytes } from './show.js';
import { pushed } from './wire.js';

const channel = '__redis__:invalidate';

/** A socket to Redis: the library opens one to hear of changes, and speaks RESP on it. */
export class FeedSocket extends EventEmitter {
  readonly connecting = false;
  destroyed = false;
  private readonly session: MemorySession;
  private readonly cut = (): void => void this.destroy();

  constructor(server: MemoryServer, process: string) {
    super();
    this.session = server.connect();
    this.session.onInvalidate = (keys) => {
      pushed(process, 'changed', keys?.map(showBytes).join(', ') ?? 'any key');
      this.answer(resp([Buffer.from('message'), Buffer.from(channel), keys]));
    };
    network.on('down', this.cut);
  }

  write(text: string): boolean {
    const words = [...text.matchAll(/\$\d+\r\n(.*)\r\n/g)].map(([, word]) => word!);
    void network
      .trip()
      .then(() => this.session.call(words[0]!, words.slice(1)))
      .then((reply) => this.answer(resp(reply)))
      .catch((error: Error) => this.destroy(error));
    return true;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    network.off('down', this.cut);
    this.session.close();
    if (error) this.emit('error', error);
    this.emit('close');
    return this;
  }

  private answer(bytes: Buffer): void {
    if (!this.destroyed) this.emit('data', bytes);
  }
}

/** A reply as RESP2 writes it. */
function resp(reply: Reply | (Reply | Buffer[])[]): Buffer {
  if (reply === null) return Buffer.from('*-1\r\n');
  if (typeof reply === 'number') return Buffer.from(`:${reply}\r\n`);
  if (reply instanceof ReplyError) return Buffer.from(`-${reply.message}\r\n`);
  if (Buffer.isBuffer(reply)) return Buffer.concat([Buffer.from(`$${reply.length}\r\n`), reply, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(resp)]);
}
