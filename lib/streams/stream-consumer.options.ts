import type { Version } from '../arguments/version.js';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { countArgument } from '../arguments/arguments.js';
import type { StreamEntry, StreamFields } from '../commands/stream-replies.js';
import { nameArgument, startId } from '../commands/stream-arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import { checkTimeout } from '../options/option-rules.js';

/** How a consumer of a stream works. @publicApi */
export interface StreamConsumerOptions {
  /** The key of the stream; created if it is missing. */
  readonly stream: string;
  /** The group whose consumers share the entries; created if it is missing. */
  readonly group: string;
  /**
   * Its name in the group, which no other consumer may have at the same time. If omitted, a name is generated, and
   * removed from the group on shutdown.
   */
  readonly consumer?: string;
  /** Overrides the version of the cache. */
  readonly version?: Version;
  /**
   * Where a new group starts: `'0'` (the default) with all entries of the stream, `'$'` with those added from then on.
   */
  readonly startId?: string;
  /** How many entries are handled at a time; 1 by default: one after the other. */
  readonly concurrency?: number;
  /** The most entries that one read asks for; `concurrency` by default, and never more than can be handled now. */
  readonly count?: number;
  /** How long one read waits; `'5s'` by default. */
  readonly block?: Timeout;
  /**
   * How long an entry rests before it is tried again, here or by another consumer: after its handler has failed, or its
   * process has died. `'30s'` by default. A handler may take longer than that.
   */
  readonly retryDelay?: Timeout;
  /** The most deliveries of an entry; 5 by default, `Infinity` for no limit. */
  readonly maxDeliveries?: number;
  /** The stream for entries that failed that often; `<stream>:dead` by default, `null` for none. */
  readonly deadLetter?: string | null;
  /** How long a shutdown waits for handlers; `'10s'` by default. Entries they have not finished are delivered again. */
  readonly shutdownTimeout?: Timeout;
}

export const consumerNames: NamesOf<StreamConsumerOptions> = {
  stream: true,
  group: true,
  consumer: true,
  version: true,
  startId: true,
  concurrency: true,
  count: true,
  block: true,
  retryDelay: true,
  maxDeliveries: true,
  deadLetter: true,
  shutdownTimeout: true,
};

/** The context that a handler gets beside the entry. @publicApi */
export interface StreamContext {
  /** The name of the stream. */
  readonly stream: string;
  /** The name of the group. */
  readonly group: string;
  /** The consumer that has got the entry. */
  readonly consumer: string;
  /** How often the entry has been delivered: 1 the first time. */
  readonly deliveries: number;
  /** Aborts when a shutdown stops waiting. */
  readonly signal: AbortSignal;
}

/** Handles one entry, which is acknowledged when the handler succeeds. @publicApi */
export type StreamHandler<T = StreamFields> = (entry: StreamEntry<T>, context: StreamContext) => unknown;

/** The fields of an entry of a dead-letter stream. @publicApi */
export interface DeadLetter<T = StreamFields> {
  /** The stream that the entry comes from. */
  readonly stream: string;
  /** The group that could not handle it. */
  readonly group: string;
  /** The ID of the entry that failed. */
  readonly id: string;
  /** Empty if they could not be read. */
  readonly fields: T;
  /** How often it was delivered. */
  readonly deliveries: number;
  /** The message of the last error. */
  readonly error: string;
}

/** The resolved options. */
export interface ResolvedConsumerOptions {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
  readonly isNameMadeUp: boolean;
  readonly version: Version | undefined;
  readonly startId: string;
  readonly concurrency: number;
  readonly count: number;
  readonly blockMs: number;
  readonly retryDelayMs: number;
  readonly maxDeliveries: number;
  readonly deadLetter: string | null;
  readonly shutdownMs: number;
}

/** @throws TypeError, RangeError for invalid options */
export function resolveConsumerOptions(options: StreamConsumerOptions): ResolvedConsumerOptions {
  const { stream, group, consumer, version, concurrency = 1, count = concurrency, maxDeliveries = 5 } = options;
  const { block = '5s', retryDelay = '30s', shutdownTimeout = '10s' } = options;
  const deadLetter = options.deadLetter === undefined ? `${stream}:dead` : options.deadLetter;
  if (deadLetter === stream) throw new TypeError('deadLetter must be another stream');
  return {
    stream: nameArgument(stream, 'stream'),
    group: nameArgument(group, 'group'),
    consumer: nameArgument(consumer ?? madeUpName(), 'consumer'),
    isNameMadeUp: consumer === undefined,
    version,
    startId: startId(options.startId ?? '0', 'startId'),
    concurrency: countArgument(concurrency, 'concurrency', 1),
    count: countArgument(count, 'count', 1),
    blockMs: checkTimeout(block, 'block', { timer: true }),
    retryDelayMs: checkTimeout(retryDelay, 'retryDelay', { timer: true }),
    maxDeliveries: maxDeliveries === Infinity ? Infinity : countArgument(maxDeliveries, 'maxDeliveries', 1),
    deadLetter: deadLetter === null ? null : nameArgument(deadLetter, 'deadLetter'),
    shutdownMs: checkTimeout(shutdownTimeout, 'shutdownTimeout', { timer: true, zero: true }),
  };
}

const madeUpName = (): string => `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
