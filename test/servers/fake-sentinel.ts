import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { freePort, host } from './free-port.js';

interface Address {
  readonly host: string;
  readonly port: number;
}

const name = 'mymaster';
const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const list = (texts: readonly string[]): string => `*${texts.length}\r\n${texts.map(bulk).join('')}`;

/** Answers like a Sentinel, about servers that need not know each other: the test decides which one is the primary. */
export class FakeSentinel implements AsyncDisposable {
  readonly host = host;
  readonly #sockets = new Set<Socket>();
  readonly #listeners = new Set<Socket>();
  readonly #server: Server;
  /** How often it was asked for the primary. */
  asked = 0;
  epoch = 1;
  isSilent = false;

  private constructor(
    readonly port: number,
    /** The primary that it names when asked. */
    public primary: Address,
  ) {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async start(primary: Address): Promise<FakeSentinel> {
    const sentinel = new FakeSentinel(await freePort(), primary);
    await once(sentinel.#server.listen(sentinel.port, host), 'listening');
    return sentinel;
  }

  /** Clients that listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Announces another primary to its listeners, and names it from now on. */
  announce(primary: Address): void {
    const message = [name, this.primary.host, this.primary.port, primary.host, primary.port].join(' ');
    this.promote(primary);
    for (const socket of this.#listeners) socket.write(list(['message', '+switch-master', message]));
  }

  /** Names another primary when asked, but does not announce it. */
  promote(primary: Address): void {
    this.primary = primary;
    this.epoch++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server.close(), 'close');
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#listeners.delete(socket);
    });
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
      for (let command = take(); command; command = take())
        if (!this.isSilent) socket.write(this.#reply(socket, command));
    });
    const take = (): string[] | undefined => {
      const count = Number(/^\*(\d+)\r\n/.exec(received)?.[1] ?? NaN);
      const match = new RegExp(String.raw`^\*\d+\r\n(?:\$\d+\r\n([^\r]*)\r\n){${count}}`).exec(received);
      if (!match) return undefined;
      received = received.slice(match[0].length);
      return match[0]
        .split('\r\n')
        .slice(2)
        .filter((_, index) => index % 2 === 0);
    };
  }

  #reply(socket: Socket, [command = '', subcommand = '', ...rest]: string[]): string {
    const { primary } = this;
    const port = String(primary.port);
    switch (`${command} ${command.toUpperCase() === 'SENTINEL' ? subcommand : ''}`.trim().toUpperCase()) {
      case 'SENTINEL GET-MASTER-ADDR-BY-NAME':
        this.asked++;
        return list([primary.host, port]);
      case 'SENTINEL MASTER':
        return list(['name', rest[0] ?? '', 'ip', primary.host, 'port', port, 'config-epoch', String(this.epoch)]);
      case 'SUBSCRIBE':
        this.#listeners.add(socket);
        return `*3\r\n${bulk('subscribe')}${bulk(subcommand)}:1\r\n`;
      case 'PING':
        return this.#listeners.has(socket) ? list(['pong', '']) : '+PONG\r\n';
      default:
        return '+OK\r\n';
    }
  }
}
