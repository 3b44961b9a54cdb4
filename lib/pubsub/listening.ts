import type {
  ChannelKind,
  ChannelListener,
  ChannelSubscription,
  ConnectionPool,
  WireArgument,
} from '../wire/connection-pool.js';

/** Who hears what comes on the channels of a subscription. */
export interface Ear {
  /** @param name of the channel, or the pattern, that it was listened to by */
  hear(message: Buffer, name: string, channel: Buffer | undefined): void;
  /** All of them are listened to again, after some were not. */
  gap(): void;
  /** The server does not let one of them be listened to. */
  refused(error: unknown, name: string): void;
}

/** One of the channels of a subscription, by the caller's name and the server's. */
export interface Name {
  readonly name: string;
  readonly wire: WireArgument;
}

/** The channels of one subscription: whether all of them are listened to, and whether something may have been missed. */
export class Listening {
  /** Resolves once all of them are listened to; rejects where that was ended before. */
  readonly begun: Promise<void>;
  private readonly subscriptions: ChannelSubscription[];
  /** Those that are not listened to now. */
  private readonly silent: Set<Name>;
  /** Those that were listened to before. */
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

  /** Others count on it from now on: if it begins later, something is missing. */
  late(): void {
    if (!this.isComplete) this.isGap = true;
  }

  /** From the call on nothing is heard. */
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

  /** Told once, until the server agrees. */
  private refused(error: Error, name: Name): void {
    if (this.refusals.has(name)) return;
    this.refusals.add(name);
    this.ear.refused(error, name.name);
  }
}
