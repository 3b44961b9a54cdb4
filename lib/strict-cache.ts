import { CachexService } from './cachex.service.js';
import { Keyspace } from './keyspace/keyspace.js';
import { Known, type ReplyContext, type ReplyShape, type Step } from './command-model/command.js';
import type { CommandDefaults } from './commands/command-group.js';

/**
 * What stream consumers and sessions work with. Under `ignoreExceptions` too it hears of outages, and of values that
 * cannot be read: an acknowledgement must be known to have arrived, and half an entry is none.
 */
export class StrictCache extends CachexService {
  protected override readonly keyspace = new Keyspace(this.executor, true);

  static of(cache: CachexService, changes: Partial<CommandDefaults> = {}): StrictCache {
    return StrictCache.view(cache, changes);
  }

  /** @internal */
  protected override send<T>(build: () => Step<T>): Promise<T> {
    return super.send(() => {
      const step = build();
      if (step instanceof Known) return step;
      return { ...step, reply: new StrictReply(step.reply), strict: true };
    });
  }
}

/** A reply that fails where a value cannot be read. */
class StrictReply<T> implements ReplyShape<T> {
  constructor(private readonly reply: ReplyShape<T>) {}

  decode(raw: unknown, context: ReplyContext): T | Promise<T> {
    return this.reply.decode(raw, strict(context));
  }

  rescue(error: unknown, context: ReplyContext): Promise<T> | undefined {
    return this.reply.rescue?.(error, strict(context));
  }

  missing(): T {
    return this.reply.missing();
  }
}

const strict = (context: ReplyContext): ReplyContext => ({ ...context, ...context.strictly });
