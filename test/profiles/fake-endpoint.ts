import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort, host } from '../servers/free-port.js';
import { Requests } from './requests.js';

/** The error of an endpoint for a request that it refuses; `undefined` if it accepts the request. */
export type Refusal = (args: readonly Buffer[]) => string | undefined;

/**
 * The endpoint of a managed service in front of a server, with restrictions that an ACL cannot express. It replaces a
 * refused request by an unknown command, so that the replies stay in order, and a transaction is discarded.
 */
export class FakeEndpoint implements AsyncDisposable {
  readonly host = host;
  readonly #sockets = new Set<Socket>();
  readonly #listener: Server;

  private constructor(
    readonly port: number,
    private readonly server: { readonly host: string; readonly port: number },
    /** One for each connection. */
    private readonly newRefusal: () => Refusal,
  ) {
    this.#listener = createServer((client) => this.#accept(client));
  }

  static async start(
    server: { readonly host: string; readonly port: number },
    newRefusal: () => Refusal,
  ): Promise<FakeEndpoint> {
    const endpoint = new FakeEndpoint(await freePort(), server, newRefusal);
    await once(endpoint.#listener.listen(endpoint.port, host), 'listening');
    return endpoint;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #accept(client: Socket): void {
    const server = connect({ ...this.server, noDelay: true });
    const refuse = this.newRefusal();
    const requests = new Requests();
    const answers = new Answers();
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.setNoDelay().on('data', (chunk: Buffer) => {
      for (const { bytes, args } of requests.read(chunk)) {
        const refusal = refuse(args);
        server.write(refusal === undefined ? bytes : answers.refuse(refusal));
      }
    });
    server.on('data', (chunk: Buffer) => client.write(answers.read(chunk)));
  }
}

const unknown = (word: string): string => `-ERR unknown command '${word}'`;

/** The server's replies, with refusals in their places. */
class Answers {
  #rest = Buffer.alloc(0);
  #count = 0;
  readonly #refused: { readonly word: string; readonly text: string }[] = [];

  /** The request that the server gets instead of a refused one. */
  refuse(text: string): string {
    const word = `REFUSED-${this.#count++}-`;
    this.#refused.push({ word, text });
    return `*1\r\n$${word.length}\r\n${word}\r\n`;
  }

  read(chunk: Buffer): Buffer {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const done: Buffer[] = [];
    for (let [next] = this.#refused; next; [next] = this.#refused) {
      const start = bytes.indexOf(unknown(next.word));
      const end = start < 0 ? -1 : bytes.indexOf('\r\n', start);
      if (end < 0) break;
      done.push(bytes.subarray(0, start), Buffer.from(`-${next.text}\r\n`));
      bytes = bytes.subarray(end + 2);
      this.#refused.shift();
    }
    // The text may continue in the next chunk.
    const kept = this.#refused[0] ? beginningAtEnd(bytes, unknown(this.#refused[0].word)) : bytes.length;
    this.#rest = Buffer.from(bytes.subarray(kept));
    done.push(bytes.subarray(0, kept));
    return Buffer.concat(done);
  }
}

/** The index of a text in the bytes, or of its beginning at their end; otherwise their length. */
function beginningAtEnd(bytes: Buffer, text: string): number {
  const found = bytes.indexOf(text);
  if (found >= 0) return found;
  for (let length = Math.min(text.length, bytes.length); length > 0; length--) {
    if (bytes.subarray(-length).equals(Buffer.from(text.slice(0, length)))) return bytes.length - length;
  }
  return bytes.length;
}
