import type { Place } from '../arguments/scope.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { ownKeys } from './own-keys.js';
import { tell } from './requests.js';
import { claimInstantScript } from './scripts/claim-instant.script.js';

/** For how far the clocks of processes may be apart. */
const skewMs = 15 * 60_000;

/** Instants at which something is done once, whichever process comes first. */
export class Instants {
  constructor(private readonly executor: CommandExecutor) {}

  /**
   * Whether the caller is the first to claim this instant: no other is known that is less than `windowMs` away. Callers
   * name it by their own clocks, which all say the same when a timer fires, however far they are apart.
   */
  claim(name: string, version: Place, instant: number, windowMs: number): Promise<boolean> {
    const key = ownKeys(this.executor, 'once', name, version)();
    // A process whose clock is behind comes later by that much.
    return this.executor.execute(tell(claimInstantScript, [key], [instant, windowMs, windowMs + skewMs]));
  }
}
