import { Test } from '@nestjs/testing';
import { CachexService, ConnectionError } from 'nest-cachex';
import { CachexTesting, CachexTestingModule } from 'nest-cachex/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { CartsService } from '../../../sample-app/carts/carts.service.js';
import { ProductsService } from '../../../sample-app/products/products.service.js';

const cup = { id: 'espresso-cup', name: 'Espresso cup', price: 900 };

describe('CartsService', () => {
  let carts: CartsService;
  let testing: CachexTesting;
  beforeEach(async () => {
    const module = await Test.createTestingModule({
      imports: [CachexTestingModule.forRoot()],
      providers: [CartsService, ProductsService],
    }).compile();
    await module.init();
    [carts, testing] = [module.get(CartsService), module.get(CachexTesting)];
    await testing.seed(module.get(CachexService), { 'product:espresso-cup': cup });
  });

  it('forgets a cart half an hour after its last change', async () => {
    await carts.add('ada', new Map([[cup.id, 2]]));
    testing.clock.advance('29m');
    await carts.add('ada', new Map([[cup.id, 1]]));
    testing.clock.advance('29m');
    expect(await carts.read('ada')).toMatchObject({ items: [{ ...cup, quantity: 3 }], total: 2700, expiresIn: 60 });
    testing.clock.advance('1m');
    expect(await carts.read('ada')).toMatchObject({ items: [], expiresIn: 0 });
  });

  it('forgets an item half an hour after it was last added', async () => {
    await carts.add('ada', new Map([['moka-pot', 1]]));
    testing.clock.advance('20m');
    await carts.add('ada', new Map([[cup.id, 1]]));
    testing.clock.advance('15m');
    expect(await carts.take('ada')).toEqual(new Map([[cup.id, 1]]));
  });

  it('changes a cart and its expiry in one call, which fails as a whole', async () => {
    await carts.add('ada', new Map([[cup.id, 1]]));
    expect(testing.commands.map(({ name }) => name)).toEqual([
      'HINCRBY',
      'GETRANGE',
      'PTTL',
      'PEXPIRE',
      'PEXPIRETIME',
      'HPEXPIRE',
    ]);
    testing.failNext();
    await expect(carts.remove('ada', cup.id)).rejects.toThrow(ConnectionError);
    expect(await carts.read('ada')).toMatchObject({ total: 900 });
  });
});
