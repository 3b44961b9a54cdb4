export {
  CachexThrottlerStorage,
  type CachexThrottlerStorageOptions,
  type ThrottlerRecord,
} from './cachex-throttler.storage.js';
