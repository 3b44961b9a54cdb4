import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { CacheEvict, CachexService } from 'nest-cachex';
import { type Product, productSchema } from './product.js';

/** The tag of cached answers that show several products. */
export const catalogueTag = 'catalogue';

/** A set with the id of every product. */
const catalogueKey = 'products';
const productKey = (id: string): string => `product:${id}`;
const schema = productSchema;
const viewsKey = (id: string): string => `views:${id}`;

@Injectable()
export class ProductsService {
  constructor(private readonly cache: CachexService) {}

  async list(): Promise<Product[]> {
    const products = await this.findMany(await this.cache.smembers<string>(catalogueKey));
    return [...products.values()].toSorted((a, b) => a.id.localeCompare(b.id));
  }

  /** A value that does not look like a product counts as missing, instead of failing somewhere else. */
  async find(id: string): Promise<Product> {
    return (await this.cache.get(productKey(id), { schema })) ?? unknownProduct(id);
  }

  /** By id, in the order asked, without missing ones; one round trip. */
  async findMany(ids: readonly string[]): Promise<Map<string, Product>> {
    const found = await this.cache.getMany(ids.map(productKey), { schema });
    return new Map([...found.values()].map((product) => [product.id, product]));
  }

  /** `false` if the id is taken. `null` is forever: products are data of the shop, not copies with a timeout. */
  @CacheEvict({ tags: [catalogueTag] })
  async add(product: Product): Promise<boolean> {
    const [added] = await this.cache
      .pipeline()
      .add(productKey(product.id), product, null)
      .sadd(catalogueKey, product.id)
      .execute();
    return added;
  }

  /** `xx` writes only over an existing product, so that nobody has to check first. */
  @CacheEvict({ tags: [catalogueTag] })
  async replace(product: Product): Promise<Product> {
    const replaced = await this.cache.set(productKey(product.id), product, { xx: true, timeout: null });
    return replaced ? product : unknownProduct(product.id);
  }

  /** Only over the price that was read, so that of two simultaneous changes one is refused. */
  @CacheEvict({ tags: [catalogueTag] })
  async reprice(id: string, from: number, to: number): Promise<Product> {
    const product = await this.find(id);
    const repriced = { ...product, price: to };
    const isSeen = product.price === from;
    if (isSeen && (await this.cache.setIfEqual(productKey(id), repriced, product, null))) return repriced;
    throw new ConflictException(`The price of ${id} is not ${from} any more`);
  }

  countView(id: string): Promise<number> {
    return this.cache.incr(viewsKey(id));
  }
}

function unknownProduct(id: string): never {
  throw new NotFoundException(`No product ${id}`);
}
