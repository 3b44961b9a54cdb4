import { IsTimeout, Optional } from './option-rules.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { IsInt, Min } from './validators.js';

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
}

/** {@link TrackingOptions} with their defaults, times in milliseconds. @publicApi */
export interface ResolvedTracking {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly timeoutMs: number | null;
}

/** Settings of the module: undefined where tracking is off. */
export function resolveTracking(tracking: boolean | TrackingOptions | undefined): ResolvedTracking | undefined {
  if (tracking === undefined || tracking === false) return undefined;
  const { maxEntries = 10_000, maxBytes = 64 * 1024 * 1024, timeout = null } = tracking === true ? {} : tracking;
  return Object.freeze({ maxEntries, maxBytes, timeoutMs: toMilliseconds(timeout) });
}
