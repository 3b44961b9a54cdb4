import { IsIn, IsNumber, IsString } from '../../options/validators.js';
import { Optional } from '../../options/option-rules.js';
import { KeyDto } from './key.dto.js';

export const collectionTypes = ['hash', 'list', 'set', 'zset', 'stream'] as const;
export type CollectionType = (typeof collectionTypes)[number];

/** An item of a hash, list, set, sorted set or stream. */
export class ItemDto extends KeyDto {
  @IsIn(collectionTypes)
  type!: CollectionType;

  /** The field of a hash, the index in a list, or the ID of a stream entry. */
  @Optional()
  @IsString()
  name?: string;

  /** The value of a field, member or element; all fields of a stream entry. */
  @Optional()
  value?: unknown;

  /** The value in the notation of types, as an alternative to `value`. */
  @Optional()
  @IsString()
  typed?: string;

  /** The score of a member of a sorted set. */
  @Optional()
  @IsNumber()
  score?: number;

  /** The digest of the item that the page showed. The change applies only if the item is still the same. */
  @Optional()
  @IsString()
  digest?: string;

  /** The stored bytes of a member in base64, as an alternative to its value. */
  @Optional()
  @IsString()
  member?: string;

  /** The end of the list that receives a new element. */
  @Optional()
  @IsIn(['LEFT', 'RIGHT'])
  end?: 'LEFT' | 'RIGHT';
}
