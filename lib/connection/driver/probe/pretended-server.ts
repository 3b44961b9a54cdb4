import { Duplex } from 'node:stream';
import type { RedisOptions } from 'ioredis';

/** What is answered to a command, in bytes; `undefined` keeps the caller waiting. */
export type Answer = (command: readonly string[], host: string | undefined) => string | undefined;

/** A connection to a server that is none: what is written to it is answered in this process. */
export class PretendedSocket extends Duplex {
  /** What has been written, one after the other. */
  readonly writes: string[] = [];
  readonly connecting = false;

  constructor(private readonly answer: (command: readonly string[]) => string | undefined) {
    super();
  }

  /** Something comes. */
  say(bytes: string): void {
    this.push(Buffer.from(bytes));
  }

  // What is asked of a socket.
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

/** In texts without line ends. */
function commandsIn(packet: string): string[][] {
  const commands = packet.split(/^\*\d+\r\n/m).slice(1);
  return commands.map((command) => command.split('\r\n').filter((_, index) => index % 2 === 1));
}

/** What is to be ended whatever comes of a probe. */
export type Clients = { disconnect(): void }[];

/** Options of a driver that is connected to nothing, and the connections that it has made. */
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
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's type has a class of its own; this one does what is asked of it
    Connector: Connector as unknown as RedisOptions['Connector'],
    // A driver that does not ask the one above finds nobody there.
    path: '/dev/null/nobody',
    lazyConnect: true,
    protocol: 2,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
  return { options, sockets };
}

/** @throws Error that says what was tried */
export function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
