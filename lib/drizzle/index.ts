export {
  CachexDrizzleCache,
  type CachexDrizzleCacheOptions,
  type DrizzleChange,
  type DrizzleLife,
} from './cachex-drizzle.cache.js';
