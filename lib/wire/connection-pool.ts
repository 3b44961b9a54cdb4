import type { Cluster, Redis } from 'ioredis';
import type { ServerVersion } from './server-version.js';

/** Whether a command may be answered by a replica. @publicApi */
export type Access = 'read' | 'write';

/** How long a command may keep its caller waiting. @publicApi */
export interface Blocking {
  /** Milliseconds; `null` waits forever, 0 not at all. */
  readonly timeoutMs: number | null;
  /** Ends the wait: the call rejects with its reason, except where an answer came first. */
  readonly signal?: AbortSignal;
  /** Which argument tells the server how long to wait, counted from 0, and in what unit. */
  readonly argument: number;
  readonly unit: 'seconds' | 'milliseconds';
}

/** What goes over the wire as one argument. @publicApi */
export type WireArgument = string | Buffer;

/** A command ready to be sent. @publicApi */
export interface WireCommand {
  readonly name: string;
  readonly args: readonly WireArgument[];
  readonly access: Access;
  /** The slot of its keys, as the pool's `slotOf` gives it; `undefined` where it has no keys, or there are no slots. */
  readonly slot?: number;
}

/** A command that the server may answer much later. @publicApi */
export interface BlockingWireCommand extends WireCommand {
  readonly blocking: Blocking;
}

/** One server that holds keys. @publicApi */
export interface ServerNode {
  /** What tells it from the others: `host:port`, or the path of its socket. */
  readonly address: string;
  /** Replies are as RESP2 has them, texts as Buffers. */
  send(command: WireCommand): Promise<unknown>;
  /** All in one round trip; an `Error` in the place of each command that failed. */
  sendAll(commands: readonly WireCommand[]): Promise<unknown[]>;
}

/** How the servers of a cache stand to each other. @publicApi */
export type Topology = 'memory' | 'standalone' | 'sentinel' | 'cluster';

/** By which command a name is listened to: `SUBSCRIBE`, `PSUBSCRIBE`, `SSUBSCRIBE`. @publicApi */
export type ChannelKind = 'channel' | 'pattern' | 'shard';

/** Who listens to a channel. @publicApi */
export interface ChannelListener {
  /** @param channel where the message was published to; told where the name is a pattern */
  onMessage(message: Buffer, channel?: Buffer): void;
  /** From here on messages arrive; those since the last silence, or since this was called last, may not have. */
  onListening(): void;
  /** The connection is down. */
  onSilence(): void;
  /** The server does not let this client listen; it is asked again now and then. */
  onRefusal?(error: Error): void;
}

/** What listens until it is closed. @publicApi */
export interface ChannelSubscription {
  /** From its call on the listener hears nothing. */
  close(): Promise<void>;
}

/**
 * The connections of one cache: what a topology has to give. A class of the user's own goes in as `poolClass`; it is
 * constructed with the resolved connection options.
 *
 * @publicApi
 */
export interface ConnectionPool {
  /** What the admin page calls it. */
  readonly topology?: Topology;
  /** Resolves when commands can be answered; called once. */
  connect(): Promise<void>;
  /** One command, to where its key lives; a read may go to a replica. */
  send(command: WireCommand): Promise<unknown>;
  /** All in one round trip per node; an `Error` in the place of each command that failed. */
  sendAll(commands: readonly WireCommand[]): Promise<unknown[]>;
  /** MULTI/EXEC; rejects where none of the commands ran. */
  transaction(commands: readonly WireCommand[]): Promise<unknown[]>;
  /**
   * A command that waits, on a connection where nothing else waits behind it. `null` when its time is over; rejects with
   * the reason of its signal, and then nothing was taken.
   */
  sendBlocking(command: BlockingWireCommand): Promise<unknown>;
  /** The servers that together hold all keys: one, or a cluster's primaries. */
  primaries(): Promise<readonly ServerNode[]>;
  /**
   * Listens to a channel (`'channel'` where no kind is named) or to all that match a pattern, on a connection beside those
   * for commands, and again whenever that was restored. Where it is left out, there is no `subscribe`, and those who wait
   * for locks look for themselves.
   */
  subscribe?(name: WireArgument, listener: ChannelListener, kind?: ChannelKind): ChannelSubscription;
  /** The slot of a key, where slots are shared out among servers; left out where one server holds all keys. */
  slotOf?(key: WireArgument): number;
  /**
   * Tells of every connection of the driver that may answer a read, those there are and those to come. Where it is left
   * out, there is no client-side tracking.
   */
  onConnection?(follow: (connection: Redis) => void): void;
  /**
   * What the server is that a command goes to; `undefined` where it does not tell. Asked for commands that not all servers
   * have, so it costs a round trip per connection at most. Where it is left out, such commands are sent anyway.
   */
  serverOf?(
    command: Pick<WireCommand, 'access' | 'slot'>,
  ): ServerVersion | undefined | Promise<ServerVersion | undefined>;
  /** The driver's own client. */
  client(access: Access): Redis | Cluster;
  /**
   * Ends all connections; idempotent.
   *
   * @param waitedMs for so long what is under way was waited for already
   */
  close(waitedMs?: number): Promise<void>;
}
