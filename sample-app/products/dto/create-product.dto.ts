import { IsInt, Matches, Min } from 'class-validator';
import { ProductDetailsDto } from './product-details.dto.js';

export class CreateProductDto extends ProductDetailsDto {
  @Matches(/^[a-z0-9-]{1,50}$/)
  id!: string;

  /** Units on the shelf to begin with. */
  @IsInt()
  @Min(0)
  units: number = 0;
}
