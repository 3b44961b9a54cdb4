import dns from 'node:dns';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type MockInstance, vi } from 'vitest';

type Answer = (error: Error | null, address: unknown, family?: number) => void;

/** Host names of a test, and the servers at the addresses behind them; all other names are looked up as usual. */
export class Names implements AsyncDisposable {
  readonly #addresses = new Map<string, string>();
  readonly #listeners: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #spy: MockInstance;

  constructor() {
    const { lookup } = dns;
    this.#spy = vi.spyOn(dns, 'lookup').mockImplementation(((name: string, options: object, answer: Answer) => {
      const address = this.#addresses.get(name);
      if (address === undefined) return lookup(name, options, answer as never);
      if ('all' in options && options.all) return answer(null, [{ address, family: 4 }]);
      return answer(null, address, 4);
    }) as never);
  }

  /** Takes effect at once. */
  lead(name: string, address: string): void {
    this.#addresses.set(name, address);
  }

  /** For ioredis' own cluster, which still uses the original `dns.lookup` that it has imported. */
  readonly dnsLookup = (name: string, answer: (error: null, address: string) => void): void =>
    answer(null, this.#addresses.get(name) ?? name);

  /** Forwards connections to the port of an address to a server. */
  async open(address: string, port: number, server: { host: string; port: number }): Promise<void> {
    const listener = createServer((client) => {
      const target = connect({ host: server.host, port: server.port });
      for (const [socket, other] of [
        [client, target],
        [target, client],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined).once('close', () => other.destroy());
      }
      client.pipe(target).pipe(client);
    });
    await once(listener.listen(port, address), 'listening');
    this.#listeners.push(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#spy.mockRestore();
    for (const socket of this.#sockets) socket.destroy();
    for (const listener of this.#listeners) listener.close();
  }
}
