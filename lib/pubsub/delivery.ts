import { AsyncLocalStorage } from 'node:async_hooks';
import { Surroundings } from '../waiting/surroundings.js';
import { Backlog } from './backlog.js';
import { isThenable, type Reports } from './reports.js';
import type { BacklogLimits, MessageContext, MessageListener } from './subscribe.options.js';

/** The deliveries whose listeners are running, from the innermost out. */
const inside = new Surroundings<Delivery>();

/** Passes messages to a listener, one after the other; messages that arrive meanwhile wait. */
export class Delivery {
  /** Messages that were dropped. */
  dropped = 0;
  private readonly backlog: Backlog;
  /** The async context of the subscriber: messages arrive in the context of the connection, or of the publisher. */
  private readonly inContext = AsyncLocalStorage.snapshot();
  /** Set while an asynchronous step is under way. */
  private running: Promise<void> | undefined;
  private isBusy = false;
  private isOver = false;
  private isOverflowing = false;
  /** Runs after the last waiting message. */
  private isGapAtEnd = false;

  constructor(
    private readonly listener: MessageListener<never>,
    private readonly decode: (data: Buffer) => unknown,
    limits: BacklogLimits,
    private readonly reports: Reports,
  ) {
    this.backlog = new Backlog(limits);
  }

  take(data: Buffer, context: MessageContext): void {
    if (this.isOver) return;
    this.reports.counts.received++;
    if (!this.isBusy && this.backlog.size === 0 && !this.isGapAtEnd) return this.goOn(() => this.hand(data, context));
    const dropped = this.backlog.add({ data, context, isAfterGap: this.isGapAtEnd });
    this.isGapAtEnd = false;
    if (dropped === 0) return;
    this.dropped += dropped;
    this.reports.counts.dropped += dropped;
    if (this.isOverflowing) return;
    this.isOverflowing = true;
    this.within(() => this.reports.overflowed());
  }

  /** Messages may be missing between the last one and the next one. */
  gap(): void {
    if (this.isOver) return;
    this.isGapAtEnd = true;
    if (!this.isBusy) this.goOn(() => undefined);
  }

  /** A message could not be handled. */
  failed(error: unknown, context: MessageContext): void {
    this.within(() => this.reports.failed(error, context));
  }

  /** Passes no more messages; resolves when the listener is done, except to the listener itself. */
  async end(): Promise<void> {
    this.isOver = true;
    this.backlog.clear();
    if (inside.current !== this) await this.running;
  }

  /** Does the first step, then the waiting ones, until none is left or a step is asynchronous. */
  private goOn(step: () => void | Promise<void>): void {
    this.isBusy = true;
    for (let next: typeof step | undefined = step; next; next = this.next()) {
      const ended = next();
      if (!ended) continue;
      this.running = this.goOnAfter(ended);
      return;
    }
    this.isBusy = false;
  }

  private async goOnAfter(ended: Promise<void>): Promise<void> {
    await ended;
    this.running = undefined;
    this.goOn(() => undefined);
  }

  private next(): (() => void | Promise<void>) | undefined {
    if (this.isOver) return undefined;
    const message = this.backlog.take();
    if (this.backlog.size === 0) this.isOverflowing = false;
    if (message) {
      const { data, context, isAfterGap } = message;
      return isAfterGap ? () => this.gapThen(data, context) : () => this.hand(data, context);
    }
    if (!this.isGapAtEnd) return undefined;
    this.isGapAtEnd = false;
    return () => this.tellGap();
  }

  private tellGap(): void | Promise<void> {
    return this.within(() => this.reports.gap());
  }

  private gapThen(data: Buffer, context: MessageContext): void | Promise<void> {
    const told = this.tellGap();
    return told ? told.then(() => this.hand(data, context)) : this.hand(data, context);
  }

  private hand(data: Buffer, context: MessageContext): void | Promise<void> {
    if (this.isOver) return;
    try {
      const message = this.decode(data);
      const answer = message instanceof Promise ? this.handLate(message, context) : this.callListener(message, context);
      if (isThenable(answer)) {
        return Promise.resolve(answer).then(
          () => undefined,
          (error: unknown) => this.failed(error, context),
        );
      }
    } catch (error) {
      this.failed(error, context);
    }
  }

  private async handLate(message: Promise<unknown>, context: MessageContext): Promise<void> {
    const decoded = await message;
    if (!this.isOver) await this.callListener(decoded, context);
  }

  private within<T>(call: () => T): T {
    return this.inContext(() => inside.call(this, call));
  }

  private callListener(message: unknown, context: MessageContext): unknown {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- who subscribes says what the messages are
    return this.within(() => this.listener(message as never, context));
  }
}
