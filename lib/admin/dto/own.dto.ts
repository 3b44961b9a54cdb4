import { IsIn, IsString } from '../../options/validators.js';
import { Optional } from '../../options/option-rules.js';
import { IsWalkCursor } from './cursors.js';
import { VersionDto } from './key.dto.js';

/** Requests one page of the library's own keys. */
export class OwnDto extends VersionDto {
  /** A glob pattern for names. Defaults to all names. */
  @Optional()
  @IsString()
  pattern?: string;

  /** The cursor that the previous page returned. */
  @Optional()
  @IsString()
  @IsWalkCursor()
  cursor?: string;
}

/** Selects a tag. */
export class TagDto extends VersionDto {
  @IsString()
  tag!: string;

  /** The cursor that the previous page returned. */
  @Optional()
  @IsString()
  @IsWalkCursor()
  cursor?: string;
}

/** Kinds of names that have a holder. A `'request'` is one that `@Idempotent` handles. */
export const claimKinds = ['lock', 'semaphore', 'read/write lock', 'leader', 'request'] as const;
export type ClaimKind = (typeof claimKinds)[number];

/** Algorithms of rate limiters. `'throttler'` is the one of `@nestjs/throttler`. */
export const limitKinds = ['sliding', 'gcra', 'throttler'] as const;
export type LimitKind = (typeof limitKinds)[number];

/** Selects a caller of a rate limiter. */
export class CallerDto {
  @IsIn(limitKinds)
  algorithm!: LimitKind;

  @IsString()
  version!: string;

  @IsString()
  name!: string;

  @IsString()
  id!: string;
}

/** Selects a holder of a lock or semaphore. */
export class HolderDto {
  @IsIn(claimKinds)
  kind!: ClaimKind;

  @IsString()
  version!: string;

  @IsString()
  name!: string;

  /** The token that the page showed. */
  @IsString()
  token!: string;
}
