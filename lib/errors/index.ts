export { FactoryTimeoutError } from './caching.errors.js';
export { CachexError, type CachexErrorOptions } from './cachex.error.js';
export { ConfigError } from './config.error.js';
export { CodecError, CompressorError, EncryptionError, SchemaError, SerializerError } from './codec.errors.js';
export {
  AuthenticationError,
  CommandError,
  CrossSlotError,
  KeyNotFoundError,
  NotSupportedError,
  OutOfMemoryError,
  ReadOnlyError,
  ScriptError,
  WrongTypeError,
} from './command.errors.js';
export { CommandTimeoutError, ConnectionError } from './connection.errors.js';
export {
  LockError,
  LockNotOwnedError,
  LockTimeoutError,
  SemaphoreError,
  SemaphoreTimeoutError,
} from './locking.errors.js';
export { RateLimitError } from './rate-limit.error.js';
export { ScopeError } from './scope.error.js';
export { PipelineError } from './pipeline.error.js';
