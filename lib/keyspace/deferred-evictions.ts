import type { Deferral } from '../evictions/deferral.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { allEnded } from '../waiting/all-ended.js';
import type { ManyKeys } from './many-keys.js';
import type { KeyScanner } from './scan.js';

/** Does all deferred evictions, even if one of them fails. */
export class DeferredEvictions {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly many: ManyKeys,
    private readonly scanner: KeyScanner,
  ) {}

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    return this.executor.evictions.deferIn(fn, (deferral) => this.evict(deferral));
  }

  private evict({ keys, patterns, tags }: Deferral): Promise<unknown> {
    return allEnded([
      this.many.delete(keys),
      this.executor.tags.invalidate(tags),
      ...patterns.map(({ pattern, version, itersize }) => this.scanner.delete(pattern, version, { itersize })),
    ]);
  }
}
