import { IsInt, IsPositive } from 'class-validator';

export class RepriceDto {
  /** The price that is to be changed, in cents. */
  @IsInt()
  @IsPositive()
  from!: number;

  /** Cents. */
  @IsInt()
  @IsPositive()
  to!: number;
}
