export { createCodec, type CodecOptions } from './codec.js';
export type {
  Codec,
  Compressor,
  CompressorLike,
  CompressorName,
  Encoded,
  Serializer,
  SerializerLike,
  SerializerName,
} from './codec.types.js';
export { JsonSerializer } from './serializers/json.serializer.js';
export { MsgpackSerializer } from './serializers/msgpack.serializer.js';
export { V8Serializer } from './serializers/v8.serializer.js';
export type { CompressorOptions } from './compressors/compressor-options.js';
export { BrotliCompressor } from './compressors/brotli.compressor.js';
export { GzipCompressor } from './compressors/gzip.compressor.js';
export { Lz4Compressor } from './compressors/lz4.compressor.js';
export { ZlibCompressor } from './compressors/zlib.compressor.js';
export { ZstdCompressor } from './compressors/zstd.compressor.js';
