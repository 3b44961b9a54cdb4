import { IsIn, IsString } from '../../options/validators.js';
import { Optional } from '../../options/option-rules.js';
import { IsWalkCursor } from './cursors.js';
import { VersionDto } from './key.dto.js';

/** One page of what the library keeps for itself. */
export class OwnDto extends VersionDto {
  /** A glob pattern for names; all where left out. */
  @Optional()
  @IsString()
  pattern?: string;

  /** What the last page gave. */
  @Optional()
  @IsString()
  @IsWalkCursor()
  cursor?: string;
}

/** Which tag is meant. */
export class TagDto extends VersionDto {
  @IsString()
  tag!: string;

  /** What the last page gave. */
  @Optional()
  @IsString()
  @IsWalkCursor()
  cursor?: string;
}

/** What somebody may hold; a request is one that `@Idempotent` carries out. */
export const claimKinds = ['lock', 'semaphore', 'read/write lock', 'leader', 'request'] as const;
export type ClaimKind = (typeof claimKinds)[number];

/** How calls are counted; the last is that of `@nestjs/throttler`. */
export const limitKinds = ['sliding', 'gcra', 'throttler'] as const;
export type LimitKind = (typeof limitKinds)[number];

/** Whose calls are meant, at which rate limiter. */
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

/** Which holder of which lock or semaphore is meant. */
export class HolderDto {
  @IsIn(claimKinds)
  kind!: ClaimKind;

  @IsString()
  version!: string;

  @IsString()
  name!: string;

  /** As it was shown. */
  @IsString()
  token!: string;
}
