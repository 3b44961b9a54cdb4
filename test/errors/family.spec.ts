import { describe, expect, it } from 'vitest';
import * as library from '../../lib/index.js';

const exported = new Map<string, unknown>(Object.entries(library));

/** Programs compare these: a changed code breaks them. */
const codes = {
  AuthenticationError: 'CACHEX_AUTHENTICATION',
  CommandError: 'CACHEX_COMMAND',
  CommandTimeoutError: 'CACHEX_COMMAND_TIMEOUT',
  CompressorError: 'CACHEX_COMPRESSOR',
  ConfigError: 'CACHEX_CONFIG',
  ConnectionError: 'CACHEX_CONNECTION',
  CrossSlotError: 'CACHEX_CROSS_SLOT',
  EncryptionError: 'CACHEX_ENCRYPTION',
  FactoryTimeoutError: 'CACHEX_FACTORY_TIMEOUT',
  KeyNotFoundError: 'CACHEX_KEY_NOT_FOUND',
  LockError: 'CACHEX_LOCK',
  LockNotOwnedError: 'CACHEX_LOCK_NOT_OWNED',
  LockTimeoutError: 'CACHEX_LOCK_TIMEOUT',
  NotSupportedError: 'CACHEX_NOT_SUPPORTED',
  OutOfMemoryError: 'CACHEX_OUT_OF_MEMORY',
  ReadOnlyError: 'CACHEX_READ_ONLY',
  SchemaError: 'CACHEX_SCHEMA',
  ScopeError: 'CACHEX_SCOPE',
  ScriptError: 'CACHEX_SCRIPT',
  SemaphoreError: 'CACHEX_SEMAPHORE',
  SemaphoreTimeoutError: 'CACHEX_SEMAPHORE_TIMEOUT',
  SerializerError: 'CACHEX_SERIALIZER',
  WrongTypeError: 'CACHEX_WRONG_TYPE',
};

describe('the errors of the library', () => {
  it.each(Object.entries(codes))('%s is a CachexError with the code %s, and carries its cause', (name, code) => {
    const type = exported.get(name) as new (message: string, options: object) => library.CachexError;
    const cause = new Error('why');
    const error = new type('what', { cause });
    expect(error).toBeInstanceOf(library.CachexError);
    expect(error).toMatchObject({ name, code, cause });
    expect(error.message).toBe(`what. See docs/errors.md#${code}`);
  });

  it('are all of these, in addition to those of pipelines and rate limits, and two parents', () => {
    const types = [...exported].filter(([, type]) => typeof type === 'function' && type.prototype instanceof Error);
    const names = [...Object.keys(codes), 'RateLimitError', 'PipelineError', 'CachexError', 'CodecError'];
    expect(types.map(([name]) => name).toSorted()).toEqual(names.toSorted());
    expect(new library.PipelineError('what', [1], 0)).toMatchObject({
      code: 'CACHEX_PIPELINE',
      results: [1],
      index: 0,
    });
    expect(new library.RateLimitError('what', 5)).toMatchObject({ code: 'CACHEX_RATE_LIMIT', retryAfter: 5 });
  });

  it('of locks and semaphores have families of their own', () => {
    for (const type of [library.LockNotOwnedError, library.LockTimeoutError]) {
      expect(type.prototype).toBeInstanceOf(library.LockError);
    }
    expect(library.SemaphoreTimeoutError.prototype).toBeInstanceOf(library.SemaphoreError);
  });
});
