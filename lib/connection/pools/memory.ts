import { ConnectionError, NotSupportedError } from '../../errors/index.js';
import type { ResolvedMemory } from '../../options/index.js';
import { BlockingCall } from '../blocking/blocking-call.js';
import type {
  BlockingWireCommand,
  ChannelKind,
  ChannelListener,
  ConnectionPool,
  ServerNode,
  ChannelSubscription,
  WireArgument,
  WireCommand,
} from '../../wire/connection-pool.js';
import { allOf } from '../../waiting/all-of.js';
import type { ServerVersion } from '../../wire/server-version.js';
import { onAbort } from '../../waiting/on-abort.js';
import { MemoryServer, type MemorySession, redisVersion } from '../../embedded/index.js';
import { Turns } from '../../waiting/turns.js';

/** The engine inside this process: no server, and no connection that could be lost. */
export class MemoryPool implements ConnectionPool, ServerNode {
  readonly topology = 'memory';
  readonly address: string;
  private readonly server: MemoryServer;
  private readonly session: MemorySession;
  /** Sessions that block or listen. */
  private readonly waiting = new Set<MemorySession>();
  private readonly turns = new Turns();
  private closed = false;

  constructor(
    { name, maxEntries, maxBytes, policy }: Pick<ResolvedMemory, 'name' | 'maxEntries' | 'maxBytes' | 'policy'>,
    server?: MemoryServer,
  ) {
    const limits = { maxEntries, maxBytes, policy };
    this.address = `memory://${name ?? ''}`;
    this.server = server ?? (name === undefined ? new MemoryServer(limits) : MemoryServer.named(name, limits));
    this.session = this.server.connect();
  }

  async connect(): Promise<void> {}

  send(command: WireCommand): Promise<unknown> {
    const reply = this.replyTo(command);
    const wait = reply instanceof Promise ? reply : this.turns.due?.then(() => reply);
    if (wait) return wait.then(replyOf);
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
  }

  sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.answers(commands);
  }

  async transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    const answers = await this.answers([control('MULTI'), ...commands, control('EXEC')]);
    const results = answers.pop();
    if (Array.isArray(results)) return results;
    throw answers.find((answer) => answer instanceof Error) ?? results;
  }

  /** On a separate session, as a blocked one answers nothing else. */
  async sendBlocking(command: BlockingWireCommand): Promise<unknown> {
    this.refuseWhenClosed();
    const call = new BlockingCall(command);
    const { signal } = call;
    signal?.throwIfAborted();
    const session = this.server.connect();
    const stopListening = signal && onAbort(signal, () => session.cancel());
    this.waiting.add(session);
    try {
      const { name, args } = call.timed();
      const reply = replyOf(await session.call(name, args));
      if (reply === null) signal?.throwIfAborted();
      return reply;
    } finally {
      stopListening?.();
      this.waiting.delete(session);
      session.close();
    }
  }

  async primaries(): Promise<readonly ServerNode[]> {
    return [this];
  }

  async serverOf(): Promise<ServerVersion> {
    return { product: 'Redis', version: redisVersion };
  }

  subscribe(name: WireArgument, listener: ChannelListener, kind: ChannelKind = 'channel'): ChannelSubscription {
    const session = this.server.connect();
    session.onMessage = (channel, message) => listener.onMessage(message, channel);
    this.waiting.add(session);
    void session.call(subscribing[kind], [name]);
    queueMicrotask(() => {
      if (this.waiting.has(session)) listener.onListening();
    });
    return {
      close: async () => {
        this.waiting.delete(session);
        session.close();
      },
    };
  }

  client(): never {
    throw new NotSupportedError('The embedded engine has no ioredis client; use the methods of CachexService');
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const session of this.waiting) session.close();
    this.waiting.clear();
    this.session.close();
  }

  /** The reply or an error in its place: a promise only if the engine has to wait. */
  private replyTo({ name, args }: WireCommand): unknown {
    try {
      this.refuseWhenClosed();
      const reply = this.session.call(name, args);
      return reply instanceof Promise ? reply.catch((error: unknown) => error) : reply;
    } catch (error) {
      return error;
    }
  }

  private async answers(commands: readonly WireCommand[]): Promise<unknown[]> {
    let turn: Promise<void> | undefined;
    const replies = commands.map((command) => {
      turn = this.turns.due;
      return this.replyTo(command);
    });
    if (turn) await turn;
    return allOf(replies);
  }

  private refuseWhenClosed(): void {
    if (this.closed) throw new ConnectionError(`no connection to ${this.address} because it was closed`);
  }
}

const subscribing = { channel: 'SUBSCRIBE', pattern: 'PSUBSCRIBE', shard: 'SSUBSCRIBE' } as const;

const control = (name: string): WireCommand => ({ name, args: [], access: 'write' });

function replyOf(reply: unknown): unknown {
  if (reply instanceof Error) throw reply;
  return reply;
}
