import { IsInt, IsPositive, IsString, Length } from 'class-validator';

export class ProductDetailsDto {
  @IsString()
  @Length(1, 100)
  name!: string;

  /** Cents. */
  @IsInt()
  @IsPositive()
  price!: number;
}
