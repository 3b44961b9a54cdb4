import { CachexError } from './cachex.error.js';

/** The parent of what can go wrong between a value and its bytes. @publicApi */
export abstract class CodecError extends CachexError {}

/**
 * A value cannot be turned into bytes (nothing was sent), or no serializer of the chain can read what is stored.
 *
 * @publicApi
 */
export class SerializerError extends CodecError {
  readonly code = 'CACHEX_SERIALIZER';
}

/**
 * What is stored cannot be decrypted: it was changed, moved, or encrypted with a key that is not known here; or it is not
 * encrypted where it should be.
 *
 * @publicApi
 */
export class EncryptionError extends CodecError {
  readonly code = 'CACHEX_ENCRYPTION';
}

/**
 * What a factory made does not match the schema of `getOrSet`; it is not stored. The message says where, and nothing of the
 * value.
 *
 * @publicApi
 */
export class SchemaError extends CodecError {
  readonly code = 'CACHEX_SCHEMA';
}

/**
 * A value could not be compressed, or what is stored cannot be decompressed.
 *
 * @publicApi
 */
export class CompressorError extends CodecError {
  readonly code = 'CACHEX_COMPRESSOR';
}
