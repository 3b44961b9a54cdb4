import { IsString } from '../../options/validators.js';
import { isObject, Obeys, Optional } from '../../options/option-rules.js';
import { KeyDto } from './key.dto.js';

/** One page of what is pending in a group of a stream. */
export class PendingDto extends KeyDto {
  @IsString()
  group!: string;

  /** What the last page gave. */
  @Optional()
  @IsString()
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
    if (!isList(value, isText)) throw new TypeError(`${what} must be a list of 1 to ${mostEntries} IDs`);
  })
  ids!: string[];
}

const isList = (value: unknown, isOne: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.length <= mostEntries && value.every(isOne);

const isText = (value: unknown): boolean => typeof value === 'string';

const isPending = (value: unknown): boolean =>
  isObject(value) && isText(value.id) && isText(value.owner) && typeof value.idleMs === 'number' && value.idleMs >= 0;
