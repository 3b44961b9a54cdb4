import { IsIn, IsString } from '../../options/validators.js';
import { Optional } from '../../options/option-rules.js';

/** Selects a part of the last 24 hours. */
export class HistoryDto {
  @Optional()
  @IsIn(['1h', '6h', '24h'])
  range?: '1h' | '6h' | '24h';

  /** Defaults to this process. */
  @Optional()
  @IsIn(['process', 'fleet'])
  of?: 'process' | 'fleet';

  /** A key prefix, as the answer names it. */
  @Optional()
  @IsString()
  prefix?: string;
}
