import { IsIn, IsString } from '../../options/validators.js';
import { Optional } from '../../options/option-rules.js';

/** What of the last 24 hours is meant. */
export class HistoryDto {
  @Optional()
  @IsIn(['1h', '6h', '24h'])
  range?: '1h' | '6h' | '24h';

  /** This process where left out. */
  @Optional()
  @IsIn(['process', 'fleet'])
  of?: 'process' | 'fleet';

  /** Keys of one prefix, as the answer names it. */
  @Optional()
  @IsString()
  prefix?: string;
}
