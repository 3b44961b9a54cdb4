import { choiceArgument } from '../arguments/arguments.js';
import { IsTimeout, Obeys, Optional } from './option-rules.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { IsInt, Min } from './validators.js';

/** The ways to keep local copies up to date, for {@link TrackingOptions}. @publicApi */
export type Coherence = 'auto' | 'server' | 'ttl';

const COHERENCES: readonly Coherence[] = ['auto', 'server', 'ttl'];

/**
 * Local copies of the values read, which the server invalidates (`CLIENT TRACKING`).
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ tracking: { maxEntries: 10_000, timeout: '1m' } })
 */
export class TrackingOptions {
  /**
   * The most copies; beyond that, the least recently used ones are dropped.
   *
   * @default 10_000
   */
  @Optional()
  @Min(1)
  @IsInt()
  maxEntries?: number;

  /**
   * The most bytes of keys and values.
   *
   * @default 67_108_864 (64 MiB)
   */
  @Optional()
  @Min(1)
  @IsInt()
  maxBytes?: number;

  /**
   * The longest use of a copy; never longer than the key lives on the server.
   *
   * @default null (as long as the key lives)
   */
  @Optional()
  @IsTimeout({ never: true })
  timeout?: Timeout;

  /**
   * How copies are kept up to date.
   *
   * `'auto'`: the server reports every change. If it refuses, there are no copies, and the log names the command or
   * right that was refused.
   *
   * `'server'`: the same, but the application does not start if the server refuses.
   *
   * `'ttl'`: only `timeout`, which is then required, ends a copy. The server reports nothing, so a copy may be outdated
   * by as much as `timeout`; values written by this process are read at once all the same.
   *
   * @default 'auto'
   */
  @Optional()
  @Obeys('isCoherence', checkCoherence)
  coherence?: Coherence;
}

/** {@link TrackingOptions} with their defaults, times in milliseconds. @publicApi */
export interface ResolvedTracking {
  /** The most copies. */
  readonly maxEntries: number;
  /** The most bytes of keys and values. */
  readonly maxBytes: number;
  /** The longest use of a copy in milliseconds; `null` for as long as the key lives. */
  readonly timeoutMs: number | null;
  /** How copies are kept up to date. */
  readonly coherence: Coherence;
}

/** Settings of the module; undefined if tracking is off. */
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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the check itself reports any other value
  choiceArgument(value as Coherence, COHERENCES, what);
  if (value !== 'ttl' || (timeout !== undefined && timeout !== null)) return;
  throw new TypeError(`${what} must not be 'ttl' without a timeout, which alone ends a copy: add timeout: '5s'`);
}
