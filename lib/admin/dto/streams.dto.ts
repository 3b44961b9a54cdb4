import { IsString } from '../../options/validators.js';
import { isObject, Obeys, Optional } from '../../options/option-rules.js';
import { isEntryId, IsPendingCursor } from './cursors.js';
import { KeyDto } from './key.dto.js';

/** One page of what is pending in a group of a stream. */
export class PendingDto extends KeyDto {
  @IsString()
  group!: string;

  /** What the last page gave. */
  @Optional()
  @IsString()
  @IsPendingCursor()
  cursor?: string;
}

/** More than a page shows, nobody has looked at. */
const mostEntries = 100;

/** A pending entry as it was shown. */
interface ShownPending {
  readonly id: string;
  readonly owner: string;
  readonly idleMs: number;
}

/** Pending entries, and the consumer that is to have them. */
export class ClaimDto extends KeyDto {
  @IsString()
  group!: string;

  @IsString()
  consumer!: string;

  @Obeys('areEntries', (value, what) => {
    if (!isList(value, isPending)) {
      throw new TypeError(`${what} must be a list of 1 to ${mostEntries} entries: { id, owner, idleMs }`);
    }
  })
  entries!: ShownPending[];
}

/** Dead letters; `key` is their stream. */
export class ReplayDto extends KeyDto {
  @Obeys('areIds', (value, what) => {
    if (!isList(value, isEntryId)) {
      throw new TypeError(`${what} must be a list of 1 to ${mostEntries} IDs, like '1700000000000-0'`);
    }
  })
  ids!: string[];
}

const isList = (value: unknown, isOne: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.length <= mostEntries && value.every(isOne);

const isPending = (value: unknown): boolean =>
  isObject(value) &&
  isEntryId(value.id) &&
  typeof value.owner === 'string' &&
  typeof value.idleMs === 'number' &&
  value.idleMs >= 0;
