import { CachexError } from './cachex.error.js';

/** The parent of errors between a value and its bytes. @publicApi */
export abstract class CodecError extends CachexError {}

/**
 * A value cannot be turned into bytes (nothing was sent), or no serializer of the chain can read the stored bytes.
 *
 * @publicApi
 */
export class SerializerError extends CodecError {
  get code() {
    return 'CACHEX_SERIALIZER' as const;
  }
}

/**
 * The stored bytes cannot be decrypted: they were changed, moved, or encrypted with an unknown key; or they are not
 * encrypted although they should be.
 *
 * @publicApi
 */
export class EncryptionError extends CodecError {
  get code() {
    return 'CACHEX_ENCRYPTION' as const;
  }
}

/**
 * The result of a factory does not match the schema of `getOrSet`, and is not stored. The message says where, but not
 * the value.
 *
 * @publicApi
 */
export class SchemaError extends CodecError {
  get code() {
    return 'CACHEX_SCHEMA' as const;
  }
}

/**
 * A value could not be compressed, or the stored bytes cannot be decompressed.
 *
 * @publicApi
 */
export class CompressorError extends CodecError {
  get code() {
    return 'CACHEX_COMPRESSOR' as const;
  }
}
