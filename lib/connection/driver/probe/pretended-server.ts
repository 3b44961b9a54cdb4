import { Duplex } from 'node:stream';
import type { RedisOptions } from 'ioredis';

/** The reply to a command, in bytes; `undefined` keeps the caller waiting. */
export type Answer = (command: readonly string[], host: string | undefined) => string | undefined;

/** A connection to a pretended server: this process answers everything that is written to it. */
export class PretendedSocket extends Duplex {
  /** Everything written, in order. */
  readonly writes: string[] = [];
  readonly connecting = false;

  constructor(private readonly answer: (command: readonly string[]) => string | undefined) {
    super();
  }

  /** Data arrives. */
  say(bytes: string): void {
    this.push(Buffer.from(bytes));
  }

  // What callers expect of a socket.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    // Byte by byte.
    const text = typeof chunk === 'string' ? Buffer.from(chunk).toString('latin1') : chunk.toString('latin1');
    this.writes.push(text);
    for (const command of commandsIn(text)) {
      const reply = this.answer(command);
      if (reply !== undefined) this.say(reply);
    }
    done();
  }

  override _final(done: () => void): void {
    this.destroy();
    done();
  }
}

/** For texts without line breaks. */
function commandsIn(packet: string): string[][] {
  const commands = packet.split(/^\*\d+\r\n/m).slice(1);
  return commands.map((command) => command.split('\r\n').filter((_, index) => index % 2 === 1));
}

/** Clients to disconnect, whatever the outcome of a probe. */
export type Clients = { disconnect(): void }[];

/** Options of a driver that connects to nothing, and the connections that it makes. */
export function pretending(answer: Answer, clients: Clients): { options: RedisOptions; sockets: PretendedSocket[] } {
  const sockets: PretendedSocket[] = [];
  let isOver = false;
  clients.push({
    disconnect: () => {
      isOver = true;
      for (const socket of sockets) socket.destroy();
    },
  });
  class Connector {
    private socket: PretendedSocket | undefined;

    constructor(private readonly options: RedisOptions) {}

    async connect(): Promise<PretendedSocket> {
      if (isOver) throw new Error('it is over');
      const { host } = this.options;
      this.socket = new PretendedSocket((command) => answer(command, host));
      sockets.push(this.socket);
      return this.socket;
    }

    check(): boolean {
      return true;
    }

    disconnect(): void {
      this.socket?.destroy();
    }
  }
  const options: RedisOptions = {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver requires a class of its own; this one has the methods that the driver calls
    Connector: Connector as unknown as RedisOptions['Connector'],
    // A driver that ignores the connector above must not reach a server.
    path: '/dev/null/nobody',
    lazyConnect: true,
    protocol: 2,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // As in the library. ioredis 5 would read a file for it, and send it amid the commands of a check.
    disableClientInfo: true,
  };
  return { options, sockets };
}

/** @throws Error with the description of what was tried */
export function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
