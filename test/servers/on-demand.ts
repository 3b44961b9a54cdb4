import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Connection, Deployment } from '../contract/topology.js';
import { host } from './free-port.js';
import { startAll, stopAll } from './start-all.js';

export type Connections = Record<string, Connection>;

interface Answer {
  connections?: Connections;
  error?: string;
}

/** Servers that run while a process with a need for them is connected here; it learns their addresses. */
export class ServersOnDemand {
  private readonly sockets = new Set<Socket>();
  private readonly listener = createServer((socket) => void this.serve(socket));
  private started?: Promise<Deployment[]>;
  private stopped: Promise<unknown> = Promise.resolve();

  /**
   * @param starts by name of the servers
   * @param isKept whether started servers keep running for later processes
   */
  constructor(
    private readonly starts: Record<string, () => Promise<Deployment>>,
    private readonly isKept: boolean,
  ) {}

  /** Resolves with the port. */
  async listen(): Promise<number> {
    this.listener.listen(0, host);
    await once(this.listener, 'listening');
    return (this.listener.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
    this.stop();
    await this.stopped;
  }

  private async serve(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    // If that process was killed.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (this.sockets.size === 0 && !this.isKept) this.stop();
    });
    this.started ??= startAll(Object.values(this.starts).map((start) => start()));
    const answer = await this.started.then(
      (started): Answer => ({
        connections: Object.fromEntries(
          Object.keys(this.starts).map((name, index) => [name, started[index]!.connection]),
        ),
      }),
      (error: unknown): Answer => ({ error: String(error) }),
    );
    if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
  }

  private stop(): void {
    const { started } = this;
    this.started = undefined;
    this.stopped = Promise.all([this.stopped, started?.then(stopAll, () => undefined)]);
  }
}

/** Starts the servers if nobody has yet; they run until this process ends. */
export async function askForServers(port: number): Promise<Connections> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  const [line] = (await once(createInterface({ input: socket }), 'line')) as [string];
  socket.unref();
  const { connections, error } = JSON.parse(line) as Answer;
  if (!connections) throw new Error(`The servers did not start: ${error}`);
  return connections;
}
