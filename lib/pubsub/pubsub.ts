import type { Logger } from '@nestjs/common';
import { functionArgument, listArgument, signalArgument, textArgument } from '../arguments/arguments.js';
import { nameOf } from '../arguments/names.js';
import type { Place } from '../arguments/scope.js';
import type { Codec } from '../codec/codec.types.js';
import { type Command, Key, read } from '../command-model/command.js';
import { nothing } from '../command-model/replies.js';
import { channelKey, sharded } from '../commands/publishing.commands.js';
import { ConnectionError, NotSupportedError } from '../errors/index.js';
import { quoted } from '../errors/quoted.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { describeCommand, mapError } from '../execution/error-mapper.js';
import type { SubscriptionTracer } from '../observability/subscription-channel.js';
import { orAbort } from '../waiting/on-abort.js';
import { settled } from '../waiting/settled.js';
import type { ChannelKind } from '../wire/connection-pool.js';
import type { Name } from './listening.js';
import { Reports } from './reports.js';
import { checkHooks, limitsOf, type MessageListener, type SubscribeOptions } from './subscribe.options.js';
import { endAll, Subscription } from './subscription.js';

/** Channels to subscribe to, and how. */
export interface Request {
  /** Channels, or patterns. */
  readonly names: string | readonly string[];
  readonly isPattern: boolean;
  readonly listener: MessageListener<never>;
  readonly version: Place;
  readonly options: SubscribeOptions;
}

const words: Readonly<Record<ChannelKind, string>> = {
  channel: 'SUBSCRIBE',
  pattern: 'PSUBSCRIBE',
  shard: 'SSUBSCRIBE',
};

/** The subscriptions of one cache. */
export class PubSub {
  private readonly open = new Set<Subscription>();
  private isClosed = false;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly codec: Pick<Codec, 'decode'>,
    private readonly commandTimeoutMs: number,
    private readonly tracer: SubscriptionTracer,
    private readonly logger: Pick<Logger, 'warn' | 'error'>,
  ) {}

  /**
   * Resolves once it listens. If the server does not answer within `commandTimeout`, it rejects; but if outages are
   * ignored, it resolves, and listens as soon as possible.
   */
  async subscribe(request: Request): Promise<Subscription> {
    const signal = signalArgument(request.options.signal);
    signal?.throwIfAborted();
    let isAwaited = true;
    const subscription = this.start(request, (error, refused) => {
      if (isAwaited) void refused.end(error);
      return isAwaited;
    });
    try {
      await orAbort(this.inTime(subscription), signal);
      return subscription;
    } catch (error) {
      const isAborted = signal?.aborted && error === signal.reason;
      if (!isAborted) this.executor.counters.errors++;
      if (!isAborted && this.executor.forgives(error)) return subscription.late();
      await subscription.end(error);
      throw error;
    } finally {
      isAwaited = false;
    }
  }

  /**
   * Resolves when it listens, or `commandTimeout` is over; it keeps trying, however long the server is away or refuses.
   */
  async begin(request: Request): Promise<Subscription> {
    let refused!: () => void;
    const refusal = new Promise<void>((resolve) => (refused = resolve));
    const subscription = this.start(request, () => {
      refused();
      return false;
    });
    const isInTime = await settled(Promise.race([subscription.begun, refusal]), this.commandTimeoutMs);
    if (!isInTime) this.logger.warn(`The subscription to ${subscription.title} waits for a connection to a server`);
    return subscription.isListening ? subscription : subscription.late();
  }

  /**
   * Listens as soon as possible, however long the server is away.
   *
   * @throws TypeError for an invalid request
   */
  start(request: Request, onRefusal?: (error: Error, subscription: Subscription) => boolean): Subscription {
    const { isPattern, listener, options, version } = request;
    const kind = isPattern ? 'pattern' : options.sharded ? 'shard' : 'channel';
    const limits = limitsOf(options);
    checkHooks(options);
    functionArgument(listener, 'The listener');
    const names = this.namesOf(request);
    const { pool } = this.executor;
    const all = names.map(({ name }) => name);
    const what = commandOf(kind, all[0]!, version);
    if (this.isClosed) throw new ConnectionError(`${describeCommand(what)}: the cache was closed`);
    if (!pool.subscribe) throw new NotSupportedError(`${describeCommand(what)}: this connection pool cannot subscribe`);
    const title = titleOf(all);
    const counts = this.executor.counters.pubsub;
    const reports = new Reports(title, all, options, counts, this.tracer, this.logger);
    const subscription = new Subscription(pool.subscribe.bind(pool), {
      title,
      names,
      kind,
      listener,
      limits,
      reports,
      signal: options.signal,
      decode: options.raw ? nameOf : (data) => this.codec.decode(data),
      nameOf: (channel) => (options.raw ? nameOf(channel) : this.executor.context.userKey(channel, version)),
      refused: (error, name, refused) => {
        const named = mapError(error, commandOf(kind, name, version));
        if (!onRefusal?.(named, refused)) reports.refused(named);
      },
      ended: (ended) => {
        this.open.delete(ended);
        counts.subscriptions--;
      },
    });
    this.open.add(subscription);
    counts.subscriptions++;
    return subscription;
  }

  /** Ends all of them; waits for listeners, but not forever. */
  async close(): Promise<void> {
    this.isClosed = true;
    await endAll([...this.open], new ConnectionError('The cache was closed'));
  }

  private async inTime(subscription: Subscription): Promise<void> {
    const { begun, title } = subscription;
    const isInTime = await settled(begun, this.commandTimeoutMs);
    if (isInTime) return begun;
    throw new ConnectionError(`no connection to subscribe to ${title} within ${this.commandTimeoutMs} ms`);
  }

  private namesOf({ names, isPattern, version, options: { raw } }: Request): Name[] {
    const list = typeof names === 'string' ? [names] : listArgument(names, isPattern ? 'Patterns' : 'Channels');
    if (list.length === 0) throw new TypeError('A subscription needs at least one channel');
    return Array.from(new Set(list), (name) => {
      if (!isPattern) {
        const key = channelKey(name, version, raw);
        return { name, wire: this.executor.keys.wire(key) };
      }
      if (textArgument(name, 'A pattern') === '') throw new TypeError('A pattern must not be empty');
      return { name, wire: raw ? name : this.executor.keys.pattern(name, version) };
    });
  }
}

function titleOf([first, ...others]: readonly string[]): string {
  return `${quoted(first!)}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}

const commandOf = (kind: ChannelKind, name: string, version: Place): Command<void> => ({
  ...read(words[kind], [new Key(name, version)], nothing),
  ...(kind === 'shard' && { since: sharded }),
});
