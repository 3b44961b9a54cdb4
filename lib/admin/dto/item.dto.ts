import { IsIn, IsNumber, IsString } from '../../options/validators.js';
import { Optional } from '../../options/option-rules.js';
import { KeyDto } from './key.dto.js';

export const collectionTypes = ['hash', 'list', 'set', 'zset', 'stream'] as const;
export type CollectionType = (typeof collectionTypes)[number];

/** Something in a hash, list, set, sorted set or stream. */
export class ItemDto extends KeyDto {
  @IsIn(collectionTypes)
  type!: CollectionType;

  /** The field of a hash, the index in a list, the ID of an entry. */
  @Optional()
  @IsString()
  name?: string;

  /** Of a field, a member, an element; all fields of an entry. */
  @Optional()
  value?: unknown;

  /** In place of `value`: in the notation of types. */
  @Optional()
  @IsString()
  typed?: string;

  /** Of a member of a sorted set. */
  @Optional()
  @IsNumber()
  score?: number;

  /** Of what was shown: it is changed only where it still is that. */
  @Optional()
  @IsString()
  digest?: string;

  /** The stored bytes of a member, in base64, in place of its value. */
  @Optional()
  @IsString()
  member?: string;

  /** Where a new element of a list goes. */
  @Optional()
  @IsIn(['LEFT', 'RIGHT'])
  end?: 'LEFT' | 'RIGHT';
}
