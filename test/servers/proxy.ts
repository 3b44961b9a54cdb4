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
  /** Bytes of reply that still pass. */
  replyBytesLeft: number;
  /** Nothing passes any more, in either direction. */
  isCut: boolean;
  /** What its requests wait for. */
  gate?: Promise<void>;
}

/** A request that is long on its way. */
export interface LateRequest {
  /** Resolves when it is on its way. */
  readonly held: Promise<void>;
  /** Lets it go on; resolves when the server has answered it. */
  arrive(): Promise<void>;
}

/** A TCP proxy that makes a network's faults; `startProxy` makes one. */
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

  /** Connections that go through now. */
  get connections(): number {
    return this.#links.size;
  }

  /** Connections that `cutAfter` has ended so far. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Every byte of reply comes that many milliseconds later, from now on. */
  delay(milliseconds: number): void {
    this.#replyDelay = milliseconds;
  }

  /** The connections of now end once that many more bytes of reply have passed; later ones are sound. */
  cutAfter(replyBytes: number): void {
    for (const link of this.#links) link.replyBytesLeft = replyBytes;
  }

  /** Nothing gets through, in either direction, and nobody is told, until `pass` lets out what was held back. */
  blackHole(): void {
    this.#gate = new Promise((resolve) => (this.#openGate = resolve));
  }

  /** The next request is late, and so is all that its connection sends after it; other connections are sound. */
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
   * Nothing gets through on the connections of now any more, and nobody is told; later ones are sound.
   *
   * @param port of the client of the server that is meant; left out, all are
   */
  cutSilently(port?: number): void {
    for (const link of this.#links) link.isCut ||= port === undefined || port === link.server.localPort;
  }

  /** New connections go there from now on, those of now stay where they are: as behind a name whose server changes. */
  leadTo({ host: targetHost, port }: ProxyTarget): void {
    this.target = { host: targetHost, port };
  }

  /** Resets every connection of now; new ones are welcome. */
  dropConnections(): void {
    for (const { client, server } of this.#links) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Resets every connection and refuses new ones until `pass`. */
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
    // An orderly end: a reset could overtake the bytes that are to arrive.
    link.client.end(passed);
    link.server.destroy();
    this.#cuts++;
  }
}

/** Carries bytes and the end of the stream over, in their order, each once its wait is over. */
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
 * Starts a proxy in front of a server; it does nothing but pass bytes on until it is told otherwise.
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
