import { Client, type Outbox } from './engine/client.js';
import { Engine, type EngineOptions } from './engine/engine.js';
import { MemorySession, type SessionHost } from './session.js';

export type MemoryServerOptions = EngineOptions;

/**
 * Redis' commands inside this process, shared by all sessions connected to it.
 *
 * There is no server process and no timer: a command runs where it is called. A key expires when it is next accessed, or
 * when the sweep, which advances a little every few commands, reaches it.
 */
export class MemoryServer implements SessionHost {
  private static readonly servers = new Map<string, MemoryServer>();

  readonly engine: Engine;
  private readonly clients = new Map<number, Client>();
  private lastClientId = 0;
  private name: string | undefined;

  constructor(options?: MemoryServerOptions) {
    this.engine = new Engine(options);
  }

  /** The server of that name in this process, until its last session closes. The first caller's options apply. */
  static named(name: string, options?: MemoryServerOptions): MemoryServer {
    const server = this.servers.get(name) ?? new MemoryServer(options);
    server.name = name;
    this.servers.set(name, server);
    return server;
  }

  connect(): MemorySession {
    return new MemorySession(this);
  }

  register(outbox: Outbox): Client {
    const client = new Client(this.engine, this.clients, ++this.lastClientId, outbox);
    this.clients.set(client.id, client);
    return client;
  }

  release(client: Client): void {
    client.reset();
    this.clients.delete(client.id);
    if (this.clients.size === 0 && this.name !== undefined) MemoryServer.servers.delete(this.name);
  }
}
