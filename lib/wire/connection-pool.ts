import type { Cluster, Redis } from 'ioredis';
import type { ServerVersion } from './server-version.js';

/** Whether a replica may answer a command. @publicApi */
export type Access = 'read' | 'write';

/** How long a command may keep its caller waiting. @publicApi */
export interface Blocking {
  /** Milliseconds; `null` waits forever, 0 does not wait. */
  readonly timeoutMs: number | null;
  /** Ends the wait: the call rejects with its reason, unless an answer came first. */
  readonly signal?: AbortSignal;
  /** The index of the argument that tells the server how long to wait, and its unit. */
  readonly argument: number;
  /** The unit of that argument. */
  readonly unit: 'seconds' | 'milliseconds';
}

/** One argument as it goes over the wire. @publicApi */
export type WireArgument = string | Buffer;

/** A command ready to be sent. @publicApi */
export interface WireCommand {
  /** The name of the Redis command. */
  readonly name: string;
  /** Its arguments, as they are sent. */
  readonly args: readonly WireArgument[];
  /** Whether a replica may answer it. */
  readonly access: Access;
  /** The slot of its keys, as the pool's `slotOf` returns it; `undefined` without keys, or where there are no slots. */
  readonly slot?: number;
}

/** A command that the server may answer much later. @publicApi */
export interface BlockingWireCommand extends WireCommand {
  /** How it says how long to wait. */
  readonly blocking: Blocking;
}

/** One server that holds keys. @publicApi */
export interface ServerNode {
  /** Distinguishes it from the others: `host:port`, or the path of its socket. */
  readonly address: string;
  /** Returns replies in the shapes of RESP2, with texts as Buffers. */
  send(command: WireCommand): Promise<unknown>;
  /** Sends all commands in one round trip; a command that fails gives an `Error` in its place. */
  sendAll(commands: readonly WireCommand[]): Promise<unknown[]>;
}

/** How the servers of a cache relate to each other. @publicApi */
export type Topology = 'memory' | 'standalone' | 'sentinel' | 'cluster';

/** The command that listens to a name: `SUBSCRIBE`, `PSUBSCRIBE`, `SSUBSCRIBE`. @publicApi */
export type ChannelKind = 'channel' | 'pattern' | 'shard';

/** Listens to a channel. @publicApi */
export interface ChannelListener {
  /**
   * A message has arrived.
   *
   * @param channel where the message was published; given if the name is a pattern
   */
  onMessage(message: Buffer, channel?: Buffer): void;
  /**
   * Messages arrive from here on; those since the last silence, or since the last call of this method, may be missing.
   */
  onListening(): void;
  /** The connection is down. */
  onSilence(): void;
  /** The server does not allow this client to listen; the pool asks again from time to time. */
  onRefusal?(error: Error): void;
}

/** A subscription that listens until it is closed. @publicApi */
export interface ChannelSubscription {
  /** The listener hears nothing from the moment of the call. */
  close(): Promise<void>;
}

/**
 * The connections of one cache: the interface of a topology. A class of your own goes in as `poolClass`; it is
 * constructed with the resolved connection options.
 *
 * @publicApi
 */
export interface ConnectionPool {
  /** The name that the admin page shows. */
  readonly topology?: Topology;
  /** Resolves when commands can be answered; called once. */
  connect(): Promise<void>;
  /** Sends one command to the server that holds its key; a read may go to a replica. */
  send(command: WireCommand): Promise<unknown>;
  /** Sends all commands in one round trip per node; a command that fails gives an `Error` in its place. */
  sendAll(commands: readonly WireCommand[]): Promise<unknown[]>;
  /** MULTI/EXEC; rejects if none of the commands ran. */
  transaction(commands: readonly WireCommand[]): Promise<unknown[]>;
  /**
   * Sends a command that blocks, on a connection where nothing else waits behind it. Resolves with `null` when its time
   * is over; rejects with the reason of its signal, and then nothing was taken.
   */
  sendBlocking(command: BlockingWireCommand): Promise<unknown>;
  /** The servers that together hold all keys: one server, or the primaries of a cluster. */
  primaries(): Promise<readonly ServerNode[]>;
  /**
   * Listens to a channel (`'channel'` if no kind is given) or to every channel that matches a pattern, on a connection
   * of its own, and resumes after each reconnect. Without this method there is no `subscribe`, and waiters for locks
   * poll.
   */
  subscribe?(name: WireArgument, listener: ChannelListener, kind?: ChannelKind): ChannelSubscription;
  /** The slot of a key, if slots are distributed among servers; left out if one server holds all keys. */
  slotOf?(key: WireArgument): number;
  /**
   * Calls back with every driver connection that may answer a read, present and future ones. Without this method there
   * is no client-side tracking.
   */
  onConnection?(follow: (connection: Redis) => void): void;
  /**
   * The product and version of the server that a command goes to; `undefined` if the server does not say. It is asked
   * for commands that only some servers have, and costs at most one round trip per connection. Without this method such
   * commands are sent anyway.
   */
  serverOf?(
    command: Pick<WireCommand, 'access' | 'slot'>,
  ): ServerVersion | undefined | Promise<ServerVersion | undefined>;
  /** The driver's own client. */
  client(access: Access): Redis | Cluster;
  /**
   * Ends all connections; idempotent.
   *
   * @param waitedMs how long calls under way have already been waited for
   */
  close(waitedMs?: number): Promise<void>;
}
