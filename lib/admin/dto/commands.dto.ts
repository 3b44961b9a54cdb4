import { IsString } from '../../options/validators.js';
import { Optional } from '../../options/option-rules.js';

/** Filters for the live commands. */
export class FeedDto {
  /** Name of the command. */
  @Optional()
  @IsString()
  command?: string;

  /** Prefix of the keys of the command. */
  @Optional()
  @IsString()
  prefix?: string;
}
