import { IsInt, IsPositive } from 'class-validator';

export class RepriceDto {
  /** The price to change, in cents. */
  @IsInt()
  @IsPositive()
  from!: number;

  /** Cents. */
  @IsInt()
  @IsPositive()
  to!: number;
}
