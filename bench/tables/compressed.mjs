import { ioredis } from '../contenders/by-hand.mjs';
import { keyvCompressed } from '../contenders/cache-manager.mjs';
import { cachex } from '../contenders/cachex.mjs';
import { setAndGet } from './set-and-get.mjs';

/** Compressors use threads of their own. */
const rest = { place: 'everywhere' };

const compressing = (compressor) => (url) => cachex(url, { compressor });

/** Of the peers, only Keyv compresses. ioredis does not; it is there for comparison. */
export const compressed = {
  title: 'Compressed values',
  contenders: {
    ioredis,
    'nest-cachex, zstd': compressing('zstd'),
    'nest-cachex, lz4': compressing('lz4'),
    'nest-cachex, gzip': compressing('gzip'),
    'keyv, lz4': (url) => keyvCompressed(url, '@keyv/compress-lz4', 'KeyvLz4'),
    'keyv, gzip': (url) => keyvCompressed(url, '@keyv/compress-gzip', 'KeyvGzip'),
  },
  cases: {
    ...setAndGet('200 B, 100 in flight', 200, 100, rest),
    ...setAndGet('10 KB, one after the other', 10_000, 1, rest),
    ...setAndGet('10 KB, 100 in flight', 10_000, 100, { ...rest, isMain: true }),
    ...setAndGet('100 KB, 10 in flight', 100_000, 10, rest),
  },
};
