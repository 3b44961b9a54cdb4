import { IsString } from 'class-validator';
import { QuantityDto } from '../../stock/dto/quantity.dto.js';

export class AddToCartDto extends QuantityDto {
  @IsString()
  productId!: string;
}
