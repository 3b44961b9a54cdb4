import { createHash } from 'node:crypto';
import type { KnownNames } from '../arguments/option-names.js';
import type { VersionOption } from '../arguments/version.js';
import type { CachexService } from '../cachex.service.js';
import { type Key, WireKey } from '../command-model/command.js';
import type { CommandDefaults } from '../commands/command-group.js';
import { StrictCache } from '../views/strict-cache.js';

/** The id of a session is a credential: errors and traces, which end in logs, show a part of its hash instead. */
export class SessionCache extends StrictCache {
  static override of(cache: CachexService, changes: Partial<CommandDefaults> = {}): SessionCache {
    return SessionCache.view(cache, changes);
  }

  /** @internal */
  protected override keyOf(sid: string, options?: VersionOption, known?: KnownNames): Key {
    const key = super.keyOf(sid, options, known);
    const hash = createHash('sha256').update(sid).digest('hex').slice(0, 12);
    return new WireKey(`sha256 ${hash}`, key.version, this.executor.wireName(key));
  }
}
