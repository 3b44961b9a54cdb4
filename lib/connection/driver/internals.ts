import type { Duplex } from 'node:stream';
import { type Cluster, type Command, Redis, type RedisOptions } from 'ioredis';

/*
 * Everything undocumented that the library uses of ioredis. No other file names any of it. Before the first connection,
 * probe/driver-check.ts tests that each member exists and behaves as the library expects.
 */

/** An entry in the driver's queue of a connection. */
export interface Unanswered {
  readonly command: { readonly name: string };
}

/** Commands that were sent and have no reply yet; the one that is answered next is at the front. */
export interface UnansweredCommands {
  readonly length: number;
  peekFront(): Unanswered | undefined;
  shift(): Unanswered | undefined;
}

/** The driver's state of a connection. */
export interface Condition {
  /** If set, whatever it is, messages arrive that no command asked for. */
  readonly subscriber: unknown;
  /** Since ioredis 6; earlier versions speak one protocol only. */
  readonly protocol?: number;
}

/** Opens the driver's connections. */
export interface Connector {
  connect?: (...args: unknown[]) => Promise<Duplex>;
  /** Since ioredis 4, if it asks Sentinels. */
  readonly sentinelIterator?: SentinelIterator;
}

interface SentinelIterator {
  readonly cursor?: number;
  readonly sentinels?: unknown;
  readonly reset?: (moveCurrentToFirst: boolean) => void;
}

/** Everything that the driver reads and calls on a command it is given to send. `Command` is its own class, since 4. */
export interface SentCommand {
  /** In lower case: it is compared with names. */
  readonly name: string;
  readonly args: readonly unknown[];
  readonly promise: Promise<unknown>;
  /** Called with the reply, or with an error. */
  resolve(reply: unknown): void;
  reject(error: Error): void;
  /** Called with the `commandTimeout` option. */
  setTimeout(ms: number): void;
  /** The result is passed to `write` of the stream. */
  toWritable(stream: object): unknown;
  /** Called with the protocol before the command is sent. Since 6. */
  setReplyContext(): void;
  /** Whether a diagnostics channel has reported it. Since 5.10. */
  isTraced: boolean;
  /** For a command between MULTI and EXEC that waits for a connection. Since 4. */
  inTransaction: boolean;
}

interface RedisInside {
  /** Its commands get their replies without the driver's parser. Since 2. */
  readonly commandQueue: UnansweredCommands;
  /** Shows whether replies may be messages. Since 2; `null` until the first attempt to connect. */
  readonly condition: Condition | null;
  /**
   * The socket: its remote address, its incoming data, whether it accepts writes; and a way to end it at once. Since 1.
   */
  readonly stream: Duplex | undefined;
  /** Its `connect` is wrapped, to be there when the driver adds its listener to a new stream. Since 4. */
  readonly connector: Connector | undefined;
  /** Sends a command of our own class: the driver's class does half of the work of a call. Since 1, undocumented. */
  sendCommand(command: Command): unknown;
}

/** Fails the calls that wait for a connection, which the driver would forget. Since 2. */
interface Queued {
  flushQueue(error: Error): void;
}

/** The driver's connections to nodes, by address. Since 2. */
interface NodeConnections {
  findOrCreate(node: RedisOptions): Redis;
  reset(nodes: RedisOptions[]): void;
}

interface ClusterInside {
  readonly connectionPool: NodeConnections;
  /** The addresses that it was given, resolved. Since 4. */
  resolveStartupNodeHostnames(): Promise<RedisOptions[]>;
  /** The driver uses these to decide whether commands may go together. Since 4.17. */
  _groupsIds: Record<string, number>;
  _groupsBySlot: number[];
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's types make these private, or lack them
const inside = (redis: Redis): RedisInside => redis as unknown as RedisInside;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's types make these private, or lack them
const insideOf = (cluster: Cluster): ClusterInside => cluster as unknown as ClusterInside;

export const unansweredBy = (redis: Redis): UnansweredCommands => inside(redis).commandQueue;

export const conditionOf = (redis: Redis): Condition | null => inside(redis).condition;

/** The driver creates it when it connects, but reads it for commands that are queued before. */
export function prepareToConnect(redis: Redis): void {
  const { db, protocol } = redis.options as RedisOptions & { protocol?: number };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's types make it private
  const driver = redis as unknown as { condition?: unknown };
  driver.condition ??= { select: db, subscriber: false, protocol };
}

export const streamOf = (redis: Redis): Duplex | undefined => inside(redis).stream;

export const connectorOf = (redis: Redis): Connector | undefined => inside(redis).connector;

/**
 * The driver asks the Sentinels in turn. If it starts at the end of the list, it reports that none was reached, though
 * all of them were.
 */
export function askSentinelsFromTheFirst(redis: Redis): void {
  const { sentinelIterator } = connectorOf(redis) ?? {};
  const { cursor, sentinels } = sentinelIterator ?? {};
  if (Array.isArray(sentinels) && cursor === sentinels.length) sentinelIterator?.reset?.(false);
}

/** Whether this driver allows it. */
export function asksSentinelsInTurn(redis: Redis): boolean {
  const { cursor, sentinels, reset } = connectorOf(redis)?.sentinelIterator ?? {};
  return cursor === 0 && Array.isArray(sentinels) && typeof reset === 'function';
}

export function sendBy(redis: Redis, command: SentCommand): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SentCommand declares everything that the driver reads
  inside(redis).sendCommand(command as unknown as Command);
}

/** The driver's own class answers anything else that a driver may ask of a command. */
export const ownCommand: object | null = (Redis as { readonly Command?: typeof Command }).Command?.prototype ?? null;

export function failQueued(client: Redis | Cluster, error: Error): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's types lack it
  (client as unknown as Queued).flushQueue(error);
}

/** Replaces the timeout that the driver was created with: it reads its options when it needs them. */
export function withoutSocketTimeout(redis: Redis): void {
  redis.options.socketTimeout = undefined;
}

/** Reports the errors of a client that the driver created itself, without our options. */
export function onRefusal(redis: Redis, hear: (error: Error) => void): void {
  const { reconnectOnError } = redis.options;
  redis.options.reconnectOnError = (error) => {
    hear(error);
    return reconnectOnError?.(error) ?? false;
  };
}

export const nodeConnections = (cluster: Cluster): NodeConnections => insideOf(cluster).connectionPool;

export const startupNodes = (cluster: Cluster): Promise<RedisOptions[]> =>
  insideOf(cluster).resolveStartupNodeHostnames();

/** Tells the driver which addresses own which slots, in its own format. */
export function groupSlots(cluster: Cluster): void {
  const numbers: Record<string, number> = {};
  const ofSlots = cluster.slots.map((addresses) => {
    const group = addresses.join(';');
    return (numbers[group] ??= Object.keys(numbers).length + 1);
  });
  Object.assign(insideOf(cluster), { _groupsIds: numbers, _groupsBySlot: ofSlots } satisfies Partial<ClusterInside>);
}

/** The method with which the driver, too, looks up its slots again. Undocumented; since 2. */
export const refreshSlots = 'refreshSlotsCache';

/** The driver recognizes by this message that no node has answered. Since 4. */
export const noNodeAnswered = 'Failed to refresh slots cache.';

/** Whether all Sentinels were asked: without an error of one of them, each was reached. */
export const areAllAsked = ({ message }: Error): boolean =>
  message.startsWith('All sentinels are unreachable') && !message.includes('Last error:');

/** The message of the last Sentinel, if none of them named a server. */
export const lastOfSentinels = ({ message }: Error): string | undefined =>
  /^All sentinels are unreachable\b.* Last error: (.*)$/s.exec(message)?.[1];
