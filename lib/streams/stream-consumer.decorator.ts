import type { StreamEntry } from '../commands/stream-replies.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { instanceMethod } from '../nest/declared-method.js';
import { MethodDiscovery } from '../nest/method-discovery.js';
import {
  consumerNames,
  resolveConsumerOptions,
  type StreamConsumerOptions,
  type StreamContext,
} from './stream-consumer.options.js';

/** How {@link StreamConsumer} consumes. @publicApi */
export interface StreamConsumerDecoratorOptions extends StreamConsumerOptions {
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

const known: NamesOf<StreamConsumerDecoratorOptions> = { ...consumerNames, cache: true };

export const consumers = new MethodDiscovery<StreamConsumerDecoratorOptions>(
  'nest-cachex:stream-consumers',
  'consume a stream',
);

type Handles = (entry: StreamEntry<never>, context: StreamContext) => unknown;

/**
 * Calls the method with every entry of a stream, from the start of the application to its shutdown. An entry is
 * acknowledged when the method succeeds. If it fails, or the process dies, the entry is delivered again, here or to
 * another consumer of the group, and after `maxDeliveries` it goes to the dead-letter stream. Each entry is handled at
 * least once, so handlers must be idempotent. While Redis is away, the consumer waits.
 *
 * @publicApi
 * @example
 * @StreamConsumer({ stream: 'orders', group: 'mail', concurrency: 10 })
 * async confirm({ id, fields }: StreamEntry<Order>, { signal }: StreamContext): Promise<void> { … }
 */
export function StreamConsumer(
  options: StreamConsumerDecoratorOptions,
): <Method extends Handles>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void {
  checkOptions(options, known, '@StreamConsumer', '{ stream, group }');
  resolveConsumerOptions(options);
  return (target, name, descriptor) => {
    consumers.declare(instanceMethod('@StreamConsumer', target, name, descriptor).method, options);
  };
}
