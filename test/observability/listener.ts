import { tracingChannel } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';
import type { CommandMessage } from '../../lib/index.js';

type Event = 'start' | 'end' | 'asyncStart' | 'asyncEnd' | 'error';

const events: readonly Event[] = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

/** The messages of the channel about a cache. */
export class Listener {
  /** Each message once, in the order of their starts. */
  readonly messages: CommandMessage[] = [];
  /** The events of all messages, in order. */
  readonly events: Event[] = [];

  /** Listens until the test ends. */
  constructor(cache: string) {
    const channel = tracingChannel<CommandMessage, CommandMessage>('nest-cachex:command');
    const hear =
      (event: Event) =>
      (message: CommandMessage): void => {
        if (message.cache !== cache) return;
        this.events.push(event);
        if (event === 'start') this.messages.push(message);
      };
    const subscribers = Object.fromEntries(events.map((event) => [event, hear(event)])) as Record<
      Event,
      ReturnType<typeof hear>
    >;
    channel.subscribe(subscribers);
    onTestFinished(() => {
      channel.unsubscribe(subscribers);
    });
  }

  get commands(): string[] {
    return this.messages.map(({ command }) => command);
  }
}
