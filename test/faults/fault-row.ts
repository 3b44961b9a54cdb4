import type { LoadReport } from './load.js';

/** A row of the fault table. */
export interface FaultRow extends LoadReport {
  readonly fault: string;
  /** The event from which the first success is timed: `'the restart'`. */
  readonly since: string;
  /** Redis' promise about acknowledged writes in this case. */
  readonly promise: string;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultRow;
  }
}
