import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import { CachexService, RateLimit } from 'nest-cachex';

interface Voucher {
  code: string;
  percent: number;
}

/** A hash, percent off by code. */
export const vouchersKey = 'vouchers';

@Controller('vouchers')
export class VouchersController {
  constructor(private readonly cache: CachexService) {}

  /** A code is short, and could be found by trying: five tries a minute for each address, right or wrong. */
  @Get(':code')
  @RateLimit({ key: '{ip}', limit: 5, window: '1m' })
  async read(@Param('code') code: string): Promise<Voucher> {
    const percent = await this.cache.hget<number>(vouchersKey, code);
    if (percent === undefined) throw new NotFoundException(`No voucher ${code}`);
    return { code, percent };
  }
}
