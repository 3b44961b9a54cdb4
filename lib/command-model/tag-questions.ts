import type { Stamp } from '../codec/envelope.js';

/** Tags whose current stamps were requested before it is known whether an entry has them. */
export interface StampsAsked {
  readonly tags: readonly string[];
  readonly current: Promise<ReadonlyMap<string, string | undefined>>;
}

/** What replies ask about the tags of an entry, and do for them. */
export interface TagQuestions {
  /**
   * Whether none of the tags was invalidated after the stamps were taken. No second request is needed for tags in
   * `asked`.
   */
  areCurrent(stamps: readonly Stamp[], asked?: StampsAsked): Promise<boolean>;
  /** Whether one of the tags is known to have been invalidated since; `false` if no server answers. */
  areInvalidated(stamps: readonly Stamp[]): Promise<boolean>;
  /** An entry with these stamps now lives for this long; `null` has no end. */
  extend(stamps: readonly Stamp[], lifeMs: number | null): Promise<void>;
  /** An entry with these stamps no longer has an end, but its head does not say so. */
  pin(stamps: readonly Stamp[]): Promise<void>;
  /** An entry without an end was read that has these stamps; nobody waits for this call. */
  renew(stamps: readonly Stamp[]): void;
}
