import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { deferred } from '../caching/deferred.js';
import { freePort, host } from './free-port.js';

export interface ProxyTarget {
  host: string;
  port: number;
}

interface Link {
  client: Socket;
  server: Socket;
  /** The bytes of replies that still pass. */
  replyBytesLeft: number;
  /** Nothing passes any more, in either direction. */
  isCut: boolean;
  /** Its requests wait for this. */
  gate?: Promise<void>;
}

/** A request that is delayed on its way. */
export interface LateRequest {
  /** Resolves when it is on its way. */
  readonly held: Promise<void>;
  /** Lets it continue; resolves when the server has answered it. */
  arrive(): Promise<void>;
}

/** A TCP proxy that causes faults of a network; `startProxy` creates one. */
export class Proxy implements AsyncDisposable {
  readonly host = host;
  readonly #links = new Set<Link>();
  #listener: Server | undefined;
  #replyDelay = 0;
  #gate: Promise<void> = Promise.resolve();
  #openGate = (): void => {};
  #cuts = 0;
  #hold: ((link: Link) => void) | undefined;

  constructor(
    private target: ProxyTarget,
    readonly port: number,
  ) {}

  get url(): string {
    return `redis://${host}:${this.port}`;
  }

  /** The current connections through the proxy. */
  get connections(): number {
    return this.#links.size;
  }

  /** The number of connections that `cutAfter` has ended. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Delays every byte of reply by this many milliseconds, from now on. */
  delay(milliseconds: number): void {
    this.#replyDelay = milliseconds;
  }

  /** Ends the current connections after this many more bytes of reply; later connections work. */
  cutAfter(replyBytes: number): void {
    for (const link of this.#links) link.replyBytesLeft = replyBytes;
  }

  /** Lets nothing through, in either direction, without closing anything; `pass` releases what was held back. */
  blackHole(): void {
    this.#gate = new Promise((resolve) => (this.#openGate = resolve));
  }

  /** Delays the next request, and everything that its connection sends after it; other connections work. */
  holdNextRequest(): LateRequest {
    const [held, gate] = [deferred<Link>(), deferred<void>()];
    this.#hold = (link) => {
      this.#hold = undefined;
      link.gate = gate.promise;
      held.resolve(link);
    };
    return {
      held: held.promise.then(() => undefined),
      arrive: async () => {
        const { server } = await held.promise;
        gate.resolve();
        await once(server, 'data');
      },
    };
  }

  /**
   * Lets nothing through on the current connections any more, without closing them; later connections work.
   *
   * @param port of the server's client; by default, all clients
   */
  cutSilently(port?: number): void {
    for (const link of this.#links) link.isCut ||= port === undefined || port === link.server.localPort;
  }

  /** Leads new connections to another server and leaves current ones alone, as if a host name had a new address. */
  leadTo({ host: targetHost, port }: ProxyTarget): void {
    this.target = { host: targetHost, port };
  }

  /** Resets every current connection; new ones are accepted. */
  dropConnections(): void {
    for (const { client, server } of this.#links) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Resets every connection, and refuses new ones until `pass`. */
  async refuse(): Promise<void> {
    this.dropConnections();
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener) await once(listener.close(), 'close');
  }

  /** Ends delay, black hole and refusal. */
  async pass(): Promise<void> {
    this.#replyDelay = 0;
    this.#openGate();
    if (this.#listener) return;
    const listener = createServer((client) => this.accept(client));
    await once(listener.listen(this.port, host), 'listening');
    this.#listener = listener;
  }

  /** Ends everything. */
  stop(): Promise<void> {
    this.#openGate();
    return this.refuse();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private accept(client: Socket): void {
    const server = connect({ ...this.target, noDelay: true });
    const link: Link = { client: client.setNoDelay(), server, replyBytesLeft: Infinity, isCut: false };
    this.#links.add(link);
    client.once('close', () => this.#links.delete(link));
    client.on('data', () => this.#hold?.(link));
    pump(client, server, {
      wait: () => Promise.all([this.#gate, link.gate]),
      forward: (chunk) => link.isCut || server.write(chunk),
    });
    pump(server, client, {
      wait: () => Promise.all([this.#gate, this.#replyDelay > 0 && sleep(this.#replyDelay)]),
      forward: (chunk) => this.reply(link, chunk),
    });
  }

  private reply(link: Link, chunk: Buffer): void {
    if (link.isCut) return;
    const passed = chunk.subarray(0, link.replyBytesLeft);
    link.replyBytesLeft -= passed.length;
    if (link.replyBytesLeft > 0) {
      link.client.write(passed);
      return;
    }
    // An orderly end: a reset could overtake the bytes that must arrive.
    link.client.end(passed);
    link.server.destroy();
    this.#cuts++;
  }
}

/** Forwards bytes and the end of the stream in order, each after its delay. */
function pump(
  from: Socket,
  to: Socket,
  { wait, forward }: { wait: () => Promise<unknown>; forward: (chunk: Buffer) => void },
): void {
  let earlier: Promise<unknown> = Promise.resolve();
  const inTurn = (step: () => void) => {
    earlier = Promise.all([earlier, wait()]).then(step);
  };
  from.on('data', (chunk: Buffer) => inTurn(() => forward(chunk)));
  from.on('error', () => {});
  from.once('close', () => inTurn(() => to.end()));
}

/**
 * Starts a proxy in front of a server; at first it only forwards bytes.
 *
 * @example
 * await using proxy = await startProxy(server);
 * proxy.cutAfter(10);
 */
export async function startProxy({ host: targetHost, port }: ProxyTarget): Promise<Proxy> {
  for (let attempt = 1; ; attempt++) {
    const proxy = new Proxy({ host: targetHost, port }, await freePort());
    try {
      await proxy.pass();
      return proxy;
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}
