import { Obeys, Optional } from './option-rules.js';
import { IsInt, Min } from './validators.js';

/**
 * A limit for the length of one value in bytes, as it is sent: serialized, compressed, encrypted.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ maxValueBytes: { warn: 100_000, refuse: 1_000_000 } })
 */
export class MaxValueBytesOptions {
  /**
   * Longer values are logged, once per kind of key: `user:*` for `user:1`.
   *
   * @default none
   */
  @Optional()
  @Obeys('isBelowRefuse', checkWarn)
  @Min(1)
  @IsInt()
  warn?: number;

  /**
   * Longer values are refused with a `SerializerError`, and nothing is sent.
   *
   * @default none
   */
  @Optional()
  @Min(1)
  @IsInt()
  refuse?: number;
}

/** {@link MaxValueBytesOptions}; `Infinity` means no limit. @publicApi */
export interface ResolvedMaxValueBytes {
  /** Longer values are logged. */
  readonly warn: number;
  /** Longer values are refused. */
  readonly refuse: number;
}

export function resolveMaxValueBytes(options: MaxValueBytesOptions | undefined): ResolvedMaxValueBytes | undefined {
  if (options === undefined) return undefined;
  const { warn = Infinity, refuse = Infinity } = options;
  return Object.freeze({ warn, refuse });
}

function checkWarn(value: unknown, what: string, owner: object): void {
  const { refuse } = owner as MaxValueBytesOptions;
  if (typeof value === 'number' && typeof refuse === 'number' && value >= refuse) {
    throw new TypeError(`${what} must be less than refuse: a refused value needs no warning`);
  }
}
