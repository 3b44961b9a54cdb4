import { IsString } from '../../options/validators.js';
import { Optional } from '../../options/option-rules.js';

/** Which commands are meant. */
export class FeedDto {
  /** The name of a command. */
  @Optional()
  @IsString()
  command?: string;

  /** What a key of theirs begins with. */
  @Optional()
  @IsString()
  prefix?: string;
}
