import type { Place } from '../arguments/scope.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { ownKeys } from './own-keys.js';
import { tell } from './requests.js';
import { claimInstantScript } from './scripts/claim-instant.script.js';

/** The tolerance for differing clocks of processes. */
const skewMs = 15 * 60_000;

/** Instants at which work is done once, by the first process that claims them. */
export class Instants {
  constructor(private readonly executor: CommandExecutor) {}

  /**
   * Whether the caller is the first to claim this instant: no other claim is less than `windowMs` away. Callers name
   * the instant by their own clocks: these show the same time when a timer fires, however far they are apart.
   */
  claim(name: string, version: Place, instant: number, windowMs: number): Promise<boolean> {
    const key = ownKeys(this.executor, 'once', name, version)();
    // A process whose clock is slow claims later by that much.
    return this.executor.execute(tell(claimInstantScript, [key], [instant, windowMs, windowMs + skewMs]));
  }
}
