import { IsInt, Max, Min } from 'class-validator';

export class QuantityDto {
  @IsInt()
  @Min(1)
  @Max(1000)
  quantity!: number;
}
