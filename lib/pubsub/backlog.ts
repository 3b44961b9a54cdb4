import type { BacklogLimits, MessageContext } from './subscribe.options.js';

/** A message that waits for its listener. */
export interface WaitingMessage {
  readonly data: Buffer;
  readonly context: MessageContext;
  /** Whether messages may be missing before it. */
  isAfterGap: boolean;
}

/** The messages that wait for a listener: a limited number, the oldest are dropped first. */
export class Backlog {
  readonly #limits: BacklogLimits;
  /** From `#first` on. */
  #messages: (WaitingMessage | undefined)[] = [];
  #first = 0;
  #bytes = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#messages.length - this.#first;
  }

  /** How many messages were dropped to make room. */
  add(message: WaitingMessage): number {
    this.#messages.push(alone(message));
    this.#bytes += message.data.length;
    let dropped = 0;
    let isAfterGap = false;
    while (this.size > 1 && (this.size > this.#limits.messages || this.#bytes > this.#limits.bytes)) {
      isAfterGap ||= this.take()!.isAfterGap;
      dropped++;
    }
    this.#messages[this.#first]!.isAfterGap ||= isAfterGap;
    return dropped;
  }

  take(): WaitingMessage | undefined {
    const message = this.#messages[this.#first];
    if (!message) return undefined;
    this.#bytes -= message.data.length;
    this.#messages[this.#first++] = undefined;
    // Not one by one: each time all others would be moved.
    if (this.#first > 100 && this.#first * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#first);
      this.#first = 0;
    }
    return message;
  }

  clear(): void {
    this.#messages = [];
    this.#first = this.#bytes = 0;
  }
}

/** A message is a slice of one read from the socket, and would keep all of it in memory. */
function alone(message: WaitingMessage): WaitingMessage {
  const { data } = message;
  return data.buffer.byteLength > 2 * data.length ? { ...message, data: Buffer.from(data) } : message;
}
