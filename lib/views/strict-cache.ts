import { CachexService } from '../cachex.service.js';
import { Keyspace } from '../keyspace/keyspace.js';
import { Known, type Step } from '../command-model/command.js';
import { strictInAll } from '../command-model/strict.js';
import type { CommandDefaults } from '../commands/command-group.js';

/**
 * The cache of stream consumers and sessions. Even under `ignoreExceptions`, outages and unreadable values are errors:
 * an acknowledgement must have arrived, and half an entry is no entry.
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
