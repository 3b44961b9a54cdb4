/** What the page says to the worker in which the engine runs. */
export type Order =
  | { readonly type: 'load'; readonly lua: string }
  | { readonly type: 'run'; readonly code: string }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'redis'; readonly isUp: boolean };

/** A line of the journal; a later one with the same id takes its place. */
export interface Row {
  readonly id: number;
  /** Milliseconds by the clock of the playground, from its start. */
  readonly at: number;
  /**
   * `call`: of a method; `command`: on the wire; `push`: from Redis, without a command; `log`: of the visitor's code;
   * `logger`: of the library; `redis`: it goes or comes; `error`: what nobody has caught.
   */
  readonly kind: 'call' | 'command' | 'push' | 'log' | 'logger' | 'redis' | 'error';
  readonly process?: string;
  readonly text: string;
  /** What came of it. */
  readonly outcome?: string;
  readonly isFailed?: boolean;
}

/** What a process has counted. */
export interface ProcessState {
  readonly name: string;
  readonly hits: number;
  /** Of the hits, those from copies in the process. */
  readonly local: number;
  readonly misses: number;
  /** Of the misses, those that got a stale copy. */
  readonly stale: number;
  readonly errors: number;
}

export interface StoredKey {
  readonly key: string;
  readonly type: string;
  /** `undefined`: it has no end. */
  readonly ttlMs?: number;
}

export interface State {
  readonly now: number;
  readonly isUp: boolean;
  readonly processes: readonly ProcessState[];
  readonly keys: readonly StoredKey[];
  /** There may be more than are listed. */
  readonly keyCount: number;
}

/** What the worker says to the page. */
export type Report =
  | { readonly type: 'ready' }
  /** Also as a sign of life, without rows. */
  | { readonly type: 'rows'; readonly rows: readonly Row[] }
  /** It cannot go on. */
  | { readonly type: 'failed'; readonly why: string }
  | { readonly type: 'done'; readonly order: Order['type']; readonly tookMs: number; readonly state: State };
