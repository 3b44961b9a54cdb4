export {
  type CachedDataSource,
  type CachedQuery,
  CachexQueryResultCache,
  type CachexQueryResultCacheOptions,
} from './cachex-query-result.cache.js';
