import type { Duplex } from 'node:stream';
import { type Cluster, type Command, Redis, type RedisOptions } from 'ioredis';

/*
 * All that the library uses of ioredis without its documentation telling of it. No other file names any of it. Whether
 * it is there, and does what the library takes it for, is tried before the first connection: see probe/driver-check.ts.
 */

/** What hangs in the driver's queue of a connection. */
export interface Unanswered {
  readonly command: { readonly name: string };
}

/** The commands that were sent and have no reply yet, the one that is answered next at the front. */
export interface UnansweredCommands {
  readonly length: number;
  peekFront(): Unanswered | undefined;
  shift(): Unanswered | undefined;
}

/** What the driver knows of a connection. */
export interface Condition {
  /** Whatever it is: with it, messages come that nobody has asked for. */
  readonly subscriber: unknown;
  /** Since ioredis 6; those before know one protocol only. */
  readonly protocol?: number;
}

/** What makes the driver's connections. */
export interface Connector {
  connect?: (...args: unknown[]) => Promise<Duplex>;
  /** Since ioredis 4, where Sentinels are asked. */
  readonly sentinelIterator?: SentinelIterator;
}

interface SentinelIterator {
  readonly cursor?: number;
  readonly sentinels?: unknown;
  readonly reset?: (moveCurrentToFirst: boolean) => void;
}

/** What the driver does with a command that it is given to send, and what it looks at. `Command` is its own, since 4. */
export interface SentCommand {
  /** In lower case: it is compared with names. */
  readonly name: string;
  readonly args: readonly unknown[];
  readonly promise: Promise<unknown>;
  /** Called with a reply, with an error. */
  resolve(reply: unknown): void;
  reject(error: Error): void;
  /** Called with `commandTimeout` of its options. */
  setTimeout(ms: number): void;
  /** What it gives is handed to `write` of the stream. */
  toWritable(stream: object): unknown;
  /** Called with the protocol before it is sent. Since 6. */
  setReplyContext(): void;
  /** Whether it was told of on a diagnostics channel. Since 5.10. */
  isTraced: boolean;
  /** Of a command between MULTI and EXEC that waits for a connection. Since 4. */
  inTransaction: boolean;
}

interface RedisInside {
  /** Replies are given to its commands, without the driver's parser. Since 2. */
  readonly commandQueue: UnansweredCommands;
  /** Tells whether replies may be messages instead. Since 2; `null` until the first attempt to connect. */
  readonly condition: Condition | null;
  /** The socket: who is at its other end, what has come, whether it takes anything; and to end it at once. Since 1. */
  readonly stream: Duplex | undefined;
  /** Its `connect` is stood before, to be there when the driver adds its listener to a new stream. Since 4. */
  readonly connector: Connector | undefined;
  /** Sends a command of our own class: the driver's does half of the work of a call. Since 1, in no documentation. */
  sendCommand(command: Command): unknown;
}

/** Fails what waits for a connection, where the driver would forget it. Since 2. */
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
  /** The addresses that it was given, looked up. Since 4. */
  resolveStartupNodeHostnames(): Promise<RedisOptions[]>;
  /** By these the driver tells whether commands may go together. Since 4.17. */
  _groupsIds: Record<string, number>;
  _groupsBySlot: number[];
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's types have these as private, or not at all
const inside = (redis: Redis): RedisInside => redis as unknown as RedisInside;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's types have these as private, or not at all
const insideOf = (cluster: Cluster): ClusterInside => cluster as unknown as ClusterInside;

export const unansweredBy = (redis: Redis): UnansweredCommands => inside(redis).commandQueue;

export const conditionOf = (redis: Redis): Condition | null => inside(redis).condition;

/** The driver makes it when it connects; it is read where commands are given to it before, which wait then. */
export function prepareToConnect(redis: Redis): void {
  const { db, protocol } = redis.options as RedisOptions & { protocol?: number };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's types have it as private
  const driver = redis as unknown as { condition?: unknown };
  driver.condition ??= { select: db, subscriber: false, protocol };
}

export const streamOf = (redis: Redis): Duplex | undefined => inside(redis).stream;

export const connectorOf = (redis: Redis): Connector | undefined => inside(redis).connector;

/** The driver asks the Sentinels in turn, and behind the last one says that none was reached, though all of them were. */
export function askSentinelsFromTheFirst(redis: Redis): void {
  const { sentinelIterator } = connectorOf(redis) ?? {};
  const { cursor, sentinels } = sentinelIterator ?? {};
  if (Array.isArray(sentinels) && cursor === sentinels.length) sentinelIterator?.reset?.(false);
}

/** Whether that can be. */
export function asksSentinelsInTurn(redis: Redis): boolean {
  const { cursor, sentinels, reset } = connectorOf(redis)?.sentinelIterator ?? {};
  return cursor === 0 && Array.isArray(sentinels) && typeof reset === 'function';
}

export function sendBy(redis: Redis, command: SentCommand): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SentCommand names all that the driver looks at
  inside(redis).sendCommand(command as unknown as Command);
}

/** Whatever else a driver may ask of a command its own class answers. */
export const ownCommand: object | null = (Redis as { readonly Command?: typeof Command }).Command?.prototype ?? null;

export function failQueued(client: Redis | Cluster, error: Error): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's types leave it out
  (client as unknown as Queued).flushQueue(error);
}

/** In place of the time that the driver was made with: options are read where they are needed. */
export function withoutSocketTimeout(redis: Redis): void {
  redis.options.socketTimeout = undefined;
}

/** Hears the errors of a client that the driver has made itself, and not by our options. */
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

/** Says which addresses have which slots, as the driver remembers it. */
export function groupSlots(cluster: Cluster): void {
  const numbers: Record<string, number> = {};
  const ofSlots = cluster.slots.map((addresses) => {
    const group = addresses.join(';');
    return (numbers[group] ??= Object.keys(numbers).length + 1);
  });
  Object.assign(insideOf(cluster), { _groupsIds: numbers, _groupsBySlot: ofSlots } satisfies Partial<ClusterInside>);
}

/** The name of the method by which the driver, too, has its slots found out anew. In no documentation; since 2. */
export const refreshSlots = 'refreshSlotsCache';

/** The driver knows by this message that no node has answered. Since 4. */
export const noNodeAnswered = 'Failed to refresh slots cache.';

/** Whether all Sentinels were asked that there are: without an error of one of them, each of them was reached. */
export const areAllAsked = ({ message }: Error): boolean =>
  message.startsWith('All sentinels are unreachable') && !message.includes('Last error:');
