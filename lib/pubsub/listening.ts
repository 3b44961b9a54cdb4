import type {
  ChannelKind,
  ChannelListener,
  ChannelSubscription,
  ConnectionPool,
  WireArgument,
} from '../wire/connection-pool.js';

/** The receiver of messages on the channels of a subscription. */
export interface Ear {
  /** @param name the channel, or the pattern, of the subscription */
  hear(message: Buffer, name: string, channel: Buffer | undefined): void;
  /** All channels are subscribed to again after an interruption. */
  gap(): void;
  /** The server refuses a channel. */
  refused(error: unknown, name: string): void;
}

/** One channel of a subscription, by the caller's name and the server's. */
export interface Name {
  readonly name: string;
  readonly wire: WireArgument;
}

/** The channels of one subscription: whether all are subscribed to, and whether messages may have been missed. */
export class Listening {
  /** Resolves once all channels are subscribed to; rejects if the subscription ends before. */
  readonly begun: Promise<void>;
  private readonly subscriptions: ChannelSubscription[];
  /** Channels that are not subscribed to now. */
  private readonly silent: Set<Name>;
  /** Channels that were subscribed to before. */
  private readonly heard = new Set<Name>();
  private readonly refusals = new Set<Name>();
  private isGap = false;
  private isOver = false;
  private begin!: () => void;
  private fail!: (error: unknown) => void;

  constructor(
    subscribe: NonNullable<ConnectionPool['subscribe']>,
    names: readonly Name[],
    kind: ChannelKind,
    private readonly ear: Ear,
  ) {
    this.begun = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.fail = reject;
    });
    // Not everybody waits for it.
    this.begun.catch(() => undefined);
    this.silent = new Set(names);
    this.subscriptions = names.map((name) => subscribe(name.wire, this.listenerOf(name), kind));
  }

  get isComplete(): boolean {
    return this.silent.size === 0;
  }

  /** Callers rely on it from now on: if it starts later, messages are missing. */
  late(): void {
    if (!this.isComplete) this.isGap = true;
  }

  /** Nothing is received after this call. */
  async end(reason: unknown): Promise<void> {
    this.isOver = true;
    this.fail(reason);
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
  }

  private listenerOf(name: Name): ChannelListener {
    const unlessOver =
      <Args extends unknown[]>(tell: (...args: Args) => void) =>
      (...args: Args): void => {
        if (!this.isOver) tell(...args);
      };
    return {
      onMessage: unlessOver((message: Buffer, channel?: Buffer) => this.ear.hear(message, name.name, channel)),
      onListening: unlessOver(() => this.listens(name)),
      onSilence: unlessOver(() => this.silent.add(name)),
      onRefusal: unlessOver((error: Error) => this.refused(error, name)),
    };
  }

  private listens(name: Name): void {
    const isFirst = !this.heard.has(name);
    this.heard.add(name);
    this.refusals.delete(name);
    this.silent.delete(name);
    if (!isFirst) this.isGap = true;
    if (!this.isComplete) return;
    this.begin();
    if (!this.isGap) return;
    this.isGap = false;
    this.ear.gap();
  }

  /** Reported once, until the server agrees. */
  private refused(error: Error, name: Name): void {
    if (this.refusals.has(name)) return;
    this.refusals.add(name);
    this.ear.refused(error, name.name);
  }
}
