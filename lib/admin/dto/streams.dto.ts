import { IsString } from '../../options/validators.js';
import { isObject, Obeys, Optional } from '../../options/option-rules.js';
import { isEntryId, IsPendingCursor } from './cursors.js';
import { KeyDto } from './key.dto.js';

/** Requests one page of the pending entries of a group. */
export class PendingDto extends KeyDto {
  @IsString()
  group!: string;

  /** The cursor that the previous page returned. */
  @Optional()
  @IsString()
  @IsPendingCursor()
  cursor?: string;
}

/** The length of a page: users must not move entries that they have not seen. */
const mostEntries = 100;

/** A pending entry, as the page showed it. */
interface ShownPending {
  readonly id: string;
  readonly owner: string;
  readonly idleMs: number;
}

/** Gives pending entries to a consumer. */
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

/** Replays dead letters of the stream `key`. */
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
