import type { SerializerName } from '../codec/serializers/serializer.js';
import type { CompressorName } from '../codec/compressors/compressor.js';
import { hasMethods } from './option-rules.js';

// Records, so that a name that joins or leaves the type cannot be forgotten here.
const SERIALIZERS: Readonly<Record<SerializerName, true>> = { msgpack: true, json: true, v8: true };
const COMPRESSORS: Readonly<Record<CompressorName, true>> = {
  zlib: true,
  gzip: true,
  brotli: true,
  lz4: true,
  zstd: true,
};

/** One serializer, or a non-empty list. */
export function checkSerializers(value: unknown, what: string): void {
  if (Array.isArray(value) && value.length === 0) throw new TypeError(`${what} must contain at least 1 elements`);
  checkEach(value, what, Object.keys(SERIALIZERS), ['serialize', 'deserialize']);
}

/** One compressor or a list; an empty one compresses nothing. */
export function checkCompressors(value: unknown, what: string): void {
  checkEach(value, what, Object.keys(COMPRESSORS), ['compress', 'decompress']);
}

function checkEach(value: unknown, what: string, names: readonly string[], methods: readonly string[]): void {
  if (Array.isArray(value)) return value.forEach((one, index) => checkOne(one, `${what}.${index}`, names, methods));
  checkOne(value, what, names, methods);
}

function checkOne(value: unknown, what: string, names: readonly string[], methods: readonly string[]): void {
  if (typeof value === 'string' ? names.includes(value) : hasMethods(value, methods)) return;
  throw new TypeError(`${what} must be one of ${names.join(', ')}, or an object with ${methods.join(' and ')}`);
}
