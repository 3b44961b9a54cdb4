import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** The bytes of the answer to a command. */
export type Answer = (command: string) => string;

/** Answers every command as the test says. A command must not span two packets. */
export class ScriptedServer implements AsyncDisposable {
  /** One for each connection, the oldest first. */
  readonly sockets: Socket[] = [];
  readonly #listener = createServer((socket) => this.#accept(socket));

  /** Ends every connection as soon as it is made. */
  hangsUp = false;

  private constructor(public answer: Answer) {}

  static async start(answer: Answer = () => '+OK\r\n'): Promise<ScriptedServer> {
    const server = new ScriptedServer(answer);
    await once(server.#listener.listen(0, '127.0.0.1'), 'listening');
    return server;
  }

  get address(): { host: string; port: number } {
    const { address: host, port } = this.#listener.address() as AddressInfo;
    return { host, port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await once(this.#listener.close(), 'close');
  }

  #accept(socket: Socket): void {
    this.sockets.push(socket);
    if (this.hangsUp) socket.end();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const command of chunk.toString().split(/(?=\*\d+\r\n)/)) socket.write(this.answer(command));
    });
  }
}
