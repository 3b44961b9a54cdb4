import type { CachexOptions } from 'nest-cachex';

/** The CACHEX_* variables, over the defaults of this shop. */
export function shopDefaults({ keyPrefix = 'shop', ...others }: CachexOptions): CachexOptions {
  return { keyPrefix, ...others };
}
