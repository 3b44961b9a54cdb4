import type { LoadReport } from './load.js';

/** One line of the table of faults. */
export interface FaultRow extends LoadReport {
  readonly fault: string;
  /** What the first success is counted from: `'the restart'`. */
  readonly since: string;
  /** What Redis promises about acknowledged writes here. */
  readonly promise: string;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultRow;
  }
}
