import type { Logger } from '@nestjs/common';
import { errorText } from '../errors/error-text.js';
import { quoted } from '../errors/quoted.js';
import type { Counters } from '../observability/counters.js';
import type { SubscriptionTracer } from '../observability/subscription-channel.js';
import type { MessageContext, SubscriptionHooks } from './subscribe.options.js';

/** How often the log reports failing messages: a channel may deliver thousands a second. */
const failuresEveryMs = 10_000;

/** Reports events of a subscription: to its hooks or, without them, to the log; and to the diagnostics channel. */
export class Reports {
  private nextLine = 0;
  private unsaid = 0;

  private readonly title: string;

  constructor(
    title: string,
    private readonly channels: readonly string[],
    private readonly hooks: SubscriptionHooks,
    /** Of all subscriptions of the cache. */
    readonly counts: Counters['pubsub'],
    private readonly tracer: SubscriptionTracer,
    private readonly logger: Pick<Logger, 'warn' | 'error'>,
  ) {
    this.title = `The subscription to ${title}`;
  }

  failed(error: unknown, context: MessageContext): void {
    this.counts.failures++;
    this.tracer.tell('failure', [context.channel], error);
    const { onError } = this.hooks;
    if (onError) void this.call('onError', () => onError(error, context));
    else this.logFailure(error, context);
  }

  /** The next message waits for the returned promise. */
  gap(): void | Promise<void> {
    this.counts.gaps++;
    this.tracer.tell('gap', this.channels);
    const { onGap } = this.hooks;
    if (onGap) return this.call('onGap', onGap);
    this.logger.warn(`${this.title} listens again; messages may have been missed in between`);
  }

  overflowed(): void {
    this.tracer.tell('overflow', this.channels);
    const { onOverflow } = this.hooks;
    if (onOverflow) void this.call('onOverflow', onOverflow);
    else this.logger.warn(`${this.title} has a listener slower than its messages; the oldest waiting ones are dropped`);
  }

  /** The server refuses the subscription. */
  refused(error: Error): void {
    this.tracer.tell('refusal', this.channels, error);
    this.logger.error(`${this.title} was refused, trying again every minute: ${errorText(error)}`);
  }

  private logFailure(error: unknown, { channel }: MessageContext): void {
    const now = performance.now();
    if (now < this.nextLine) return void this.unsaid++;
    const others = this.unsaid > 0 ? ` (and ${this.unsaid} more since the last line)` : '';
    this.logger.warn(`${this.title} failed to handle a message of ${quoted(channel)}${others}: ${errorText(error)}`);
    this.nextLine = now + failuresEveryMs;
    this.unsaid = 0;
  }

  /** A failing hook is no reason to stop. */
  private call(name: keyof SubscriptionHooks, hook: () => unknown): void | Promise<void> {
    const failed = (error: unknown): void => {
      this.logger.warn(`${this.title}: its ${name} failed: ${errorText(error)}`);
    };
    try {
      const answer = hook();
      if (isThenable(answer)) return Promise.resolve(answer).then(() => undefined, failed);
    } catch (error) {
      failed(error);
    }
  }
}

/** Whether it has to be awaited. */
export const isThenable = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function';
