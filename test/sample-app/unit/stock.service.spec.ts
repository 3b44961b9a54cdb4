import { ConflictException } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CachexService } from 'nest-cachex';
import { CachexTesting, CachexTestingModule } from 'nest-cachex/testing';
import { expect, it } from 'vitest';
import { StockService } from '../../../sample-app/stock/stock.service.js';

it('stock can be reserved again when the lease of a crashed process is over', async () => {
  const module = await Test.createTestingModule({
    imports: [CachexTestingModule.forRoot()],
    providers: [StockService],
  }).compile();
  await module.init();
  const [stock, cache, testing] = [module.get(StockService), module.get(CachexService), module.get(CachexTesting)];
  await stock.introduce('scales', 1);

  const crashed = cache.lock('stock', { timeout: '10s', blocking: false });
  expect(await crashed.acquire()).toBe(true);
  expect(await cache.lock('stock', { blocking: false }).acquire()).toBe(false);
  testing.clock.advance('10s');

  await stock.reserve(new Map([['scales', 1]]));
  await expect(stock.reserve(new Map([['scales', 1]]))).rejects.toThrow(ConflictException);
  expect(await stock.units('scales')).toBe(0);
});
