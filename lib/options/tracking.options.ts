import { IsTimeout, Obeys, Optional } from './option-rules.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { IsInt, Min } from './validators.js';

/** What keeps local copies right, as {@link TrackingOptions} have it. @publicApi */
export type Coherence = 'auto' | 'server' | 'ttl';

const COHERENCES: readonly unknown[] = ['auto', 'server', 'ttl'] satisfies Coherence[];

/**
 * Local copies of values read, which the server invalidates (`CLIENT TRACKING`).
 *
 * @publicApi
 */
export class TrackingOptions {
  /**
   * Copies to hold at most; then the least recently used go.
   *
   * @default 10_000
   */
  @Optional()
  @Min(1)
  @IsInt()
  maxEntries?: number;

  /**
   * Bytes to hold at most, keys and values.
   *
   * @default 67_108_864 (64 MiB)
   */
  @Optional()
  @Min(1)
  @IsInt()
  maxBytes?: number;

  /**
   * How long a copy may be used at most; never longer than the key lives on the server.
   *
   * @default null (as long as the key lives)
   */
  @Optional()
  @IsTimeout({ never: true })
  timeout?: Timeout;

  /**
   * What keeps the copies right.
   *
   * `'auto'`: the server tells of every change. Where it refuses to, there are no copies, and the log says which command
   * or right was refused.
   *
   * `'server'`: the same, but an application whose server refuses to tell does not start.
   *
   * `'ttl'`: `timeout` alone, which must be given. The server is not asked to tell, and a copy may be older than the
   * value on the server by as much; what this process writes it reads at once all the same.
   *
   * @default 'auto'
   */
  @Optional()
  @Obeys('isCoherence', checkCoherence)
  coherence?: Coherence;
}

/** {@link TrackingOptions} with their defaults, times in milliseconds. @publicApi */
export interface ResolvedTracking {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly timeoutMs: number | null;
  readonly coherence: Coherence;
}

/** Settings of the module: undefined where tracking is off. */
export function resolveTracking(tracking: boolean | TrackingOptions | undefined): ResolvedTracking | undefined {
  if (tracking === undefined || tracking === false) return undefined;
  const { maxEntries = 10_000, maxBytes = 64 * 1024 * 1024, timeout, coherence } = tracking === true ? {} : tracking;
  return Object.freeze({
    maxEntries,
    maxBytes,
    timeoutMs: toMilliseconds(timeout ?? null),
    coherence: coherence ?? 'auto',
  });
}

function checkCoherence(value: unknown, what: string, { timeout }: TrackingOptions): void {
  if (!COHERENCES.includes(value)) throw new TypeError(`${what} must be one of ${COHERENCES.join(', ')}`);
  if (value !== 'ttl' || (timeout !== undefined && timeout !== null)) return;
  throw new TypeError(
    `${what} must not be 'ttl' without a timeout, which alone ends a copy: write timeout: '5s' beside it`,
  );
}
