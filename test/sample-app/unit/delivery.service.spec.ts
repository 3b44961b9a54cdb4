import { Test } from '@nestjs/testing';
import { CachexService } from 'nest-cachex';
import { CachexTesting, CachexTestingModule } from 'nest-cachex/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Carrier, type DeliveryQuote } from '../../../sample-app/products/carrier.js';
import { DeliveryService } from '../../../sample-app/products/delivery.service.js';

class CountingCarrier extends Carrier {
  asked = 0;

  override async quote(): Promise<DeliveryQuote> {
    this.asked++;
    return { days: this.asked, quotedAt: new Date('2026-11-23T10:00:00Z') };
  }
}

describe('DeliveryService', () => {
  let delivery: DeliveryService;
  let cache: CachexService;
  let testing: CachexTesting;
  let carrier: CountingCarrier;
  beforeEach(async () => {
    carrier = new CountingCarrier();
    const module = await Test.createTestingModule({
      imports: [CachexTestingModule.forRoot({ keyPrefix: 'shop' })],
      providers: [DeliveryService, { provide: Carrier, useValue: carrier }],
    }).compile();
    await module.init();
    [delivery, cache, testing] = [module.get(DeliveryService), module.get(CachexService), module.get(CachexTesting)];
  });

  it('asks the carrier once in five minutes', async () => {
    await delivery.quote('moka-pot');
    testing.clock.advance('4m 59s');
    expect((await delivery.quote('moka-pot')).days).toBe(1);
    testing.clock.advance('1s');
    expect((await delivery.quote('moka-pot')).days).toBe(2);
    expect(carrier.asked).toBe(2);
  });

  it('uses a cached quote, whose date is a date', async () => {
    await testing.seed(cache, { 'delivery:grinder': { days: 9, quotedAt: new Date(0) } });
    expect(await delivery.quote('grinder')).toEqual({ days: 9, quotedAt: new Date(0) });
    expect(carrier.asked).toBe(0);
    expect(testing.commands.map(({ name, args }) => [name, args[0]])).toEqual([['GET', 'shop:1:delivery:grinder']]);
  });

  it('asks the carrier if the cache does not answer', async () => {
    await delivery.quote('scales');
    testing.failNext(10);
    expect((await delivery.quote('scales')).days).toBe(2);
    testing.heal();
    expect((await delivery.quote('scales')).days).toBe(1);
  });
});
