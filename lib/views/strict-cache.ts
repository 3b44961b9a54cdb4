import { CachexService } from '../cachex.service.js';
import { Keyspace } from '../keyspace/keyspace.js';
import { Known, type Step } from '../command-model/command.js';
import { strictInAll } from '../command-model/strict.js';
import type { CommandDefaults } from '../commands/command-group.js';

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
      return step instanceof Known ? step : strictInAll(step);
    });
  }
}
