import type { Redis } from 'ioredis';
import type { ChannelKind, ChannelListener, WireArgument } from '../../wire/connection-pool.js';

/** One name that a connection listens to, for all its listeners. */
export class Topic {
  readonly #listeners = new Set<ChannelListener>();
  /** Connections on which the server delivers it. */
  readonly #tellers = new WeakSet<Redis>();
  #isListening = false;
  /** The server's last refusal. */
  refusal: Error | undefined;

  constructor(
    readonly kind: ChannelKind,
    readonly name: WireArgument,
  ) {}

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  add(listener: ChannelListener): void {
    this.#listeners.add(listener);
    queueMicrotask(() => {
      if (!this.#listeners.has(listener)) return;
      if (this.#isListening) listener.onListening();
      else if (this.refusal) listener.onRefusal?.(this.refusal);
    });
  }

  remove(listener: ChannelListener): void {
    this.#listeners.delete(listener);
  }

  isToldBy(redis: Redis): boolean {
    return this.#tellers.has(redis);
  }

  agreed(redis: Redis): void {
    this.#tellers.add(redis);
    this.refusal = undefined;
  }

  leftBy(redis: Redis): void {
    this.#tellers.delete(redis);
  }

  refused(error: Error): void {
    this.refusal = error;
    this.#tell((listener) => listener.onRefusal?.(error));
  }

  hear(message: Buffer, channel: Buffer): void {
    // The reply to SUBSCRIBE is delivered a turn later than a message that arrived with it.
    if (!this.#isListening) this.begin();
    this.#tell((listener) => listener.onMessage(message, channel));
  }

  /** Also after another connection has taken over: messages may have been missed in between. */
  begin(isAgain = false): void {
    if (this.#isListening && !isAgain) return;
    this.#isListening = true;
    this.#tell((listener) => listener.onListening());
  }

  silence(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    this.#tell((listener) => listener.onSilence());
  }

  /** Only the current listeners: one of them may add another, which would be notified and add the next. */
  #tell(tell: (listener: ChannelListener) => void): void {
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) tell(listener);
  }
}
