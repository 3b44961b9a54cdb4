import { checkTimeout, IsTimeout, Obeys, Optional } from './option-rules.js';
import type { Timeout } from '../arguments/timeout.js';

const LASTING = { zero: true };

/**
 * Early recomputation (XFetch): near the end of its life a value counts as missing for a few callers, ever more likely
 * as the end approaches, so that they recompute it before all callers miss it at once.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ stampede: { delta: '3s', beta: 1.5 } })
 */
export class StampedeOptions {
  /**
   * How much longer than its timeout the server keeps a value.
   *
   * @default 60 (seconds)
   */
  @Optional()
  @IsTimeout(LASTING)
  buffer?: Timeout;

  /**
   * How eager: more than 1 recomputes earlier, less than 1 later, 0 never.
   *
   * @default 1
   */
  @Optional()
  @Obeys('isBeta', checkBeta)
  beta?: number;

  /**
   * How long it takes to compute a value.
   *
   * @default 1 (second)
   */
  @Optional()
  @IsTimeout(LASTING)
  delta?: Timeout;
}

/** {@link StampedeOptions} with their defaults, times in milliseconds. @publicApi */
export interface ResolvedStampede {
  /** How much longer than its timeout the server keeps a value, in milliseconds. */
  readonly bufferMs: number;
  /** How eager: more than 1 recomputes earlier, 0 never. */
  readonly beta: number;
  /** How long it takes to compute a value, in milliseconds. */
  readonly deltaMs: number;
}

const DEFAULTS: ResolvedStampede = Object.freeze({ bufferMs: 60_000, beta: 1, deltaMs: 1000 });

/**
 * Settings of a call or of the module; undefined if it is off. Missing settings come from `defaults`.
 *
 * @throws TypeError if a time is invalid, or `beta` is not a number of 0 or more
 */
export function resolveStampede(
  stampede: boolean | StampedeOptions | undefined,
  defaults: ResolvedStampede = DEFAULTS,
): ResolvedStampede | undefined {
  if (stampede === undefined || stampede === false) return undefined;
  if (stampede === true) return defaults;
  if (typeof stampede !== 'object' || stampede === null) {
    throw new TypeError('stampede must be true, false or an object with buffer, beta and delta');
  }
  const { buffer, beta, delta } = stampede;
  return Object.freeze({
    bufferMs: buffer === undefined ? defaults.bufferMs : checkTimeout(buffer, 'stampede.buffer', LASTING),
    beta: beta === undefined ? defaults.beta : checkBeta(beta, 'stampede.beta'),
    deltaMs: delta === undefined ? defaults.deltaMs : checkTimeout(delta, 'stampede.delta', LASTING),
  });
}

function checkBeta(value: unknown, what: string): number {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  throw new TypeError(`${what} must be a number, 0 or greater`);
}
